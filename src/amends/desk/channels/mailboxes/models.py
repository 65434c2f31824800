"""A mailbox as data, how far each of its folders has been read, and what could not be fetched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the first byte")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("none, only inside a network that nobody else reads")


class SignIn(models.TextChoices):
    PASSWORD = "password", _("name and password")
    GOOGLE = "google", _("Google (OAuth2)")
    MICROSOFT = "microsoft", _("Microsoft (OAuth2)")
    NONE = "none", _("nothing, the server knows this machine")


class Provider(models.TextChoices):
    """Who takes our letters and hands over mail by HTTP instead of SMTP and IMAP."""

    MAILGUN = "mailgun", "Mailgun"
    POSTMARK = "postmark", "Postmark"
    SPARKPOST = "sparkpost", "SparkPost"


class ReplyTo(models.TextChoices):
    """Whose complaint it is: contact forms of other sites write in their own name and give the person's for replies."""

    MACHINES = "machines", _("only when the sender takes no answers (no-reply@ …)")
    ALWAYS = "always", _("always: this mailbox gets mail from a contact form")
    NEVER = "never", _("never")


class AfterTaking(models.TextChoices):
    LEAVE = "leave", _("leave it as it is")
    SEEN = "seen", _("mark it as read")


class Mailbox(models.Model):
    """One address of the organisation: where its mail is fetched, and by which server it sends."""

    name = models.CharField(max_length=100)
    address = models.EmailField(unique=True)
    is_open = models.BooleanField(default=True)

    receives = models.BooleanField(default=True)
    imap_host = models.CharField(max_length=255, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=10, choices=Security, default=Security.TLS)
    folder = models.CharField(max_length=255, default="INBOX")
    spam_folder = models.CharField(max_length=255, blank=True)
    after_taking = models.CharField(max_length=10, choices=AfterTaking, default=AfterTaking.LEAVE)
    # Mail that lay there before the desk came stays where it is.
    take_since = models.DateTimeField()

    sends = models.BooleanField(default=True)
    smtp_host = models.CharField(max_length=255, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=10, choices=Security, default=Security.TLS)
    is_usual = models.BooleanField(default=False)
    # A server that does not know 'name+key@' would send every answer back, so it has to be said.
    plus_addresses = models.BooleanField(default=False)

    # Letters leave by the provider's key, and it hands over mail at an address with `hook_secret` in it. Both keys are
    # sealed as passwords are.
    provider = models.CharField(max_length=20, choices=Provider, blank=True, default="", db_default="")
    provider_url = models.URLField(max_length=200, blank=True, default="", db_default="")
    provider_key = models.TextField(blank=True, default="", db_default="")
    provider_signing_key = models.TextField(blank=True, default="", db_default="")
    hook_secret = models.CharField(max_length=64, blank=True, default="", db_default="")

    sign_in = models.CharField(max_length=10, choices=SignIn, default=SignIn.PASSWORD)
    user = models.CharField(max_length=254, blank=True)
    # Sealed with the key in the data folder (sealing.py); never shown again.
    password = models.TextField(blank=True)
    client_id = models.CharField(max_length=255, blank=True)
    tenant = models.CharField(max_length=100, blank=True)
    client_secret = models.TextField(blank=True)
    refresh_token = models.TextField(blank=True)
    access_token = models.TextField(blank=True)
    access_until = models.DateTimeField(null=True, blank=True)
    certificate = models.TextField(blank=True)

    reply_to = models.CharField(max_length=10, choices=ReplyTo, default=ReplyTo.MACHINES)
    # Two rules for mail without usable headers; off unless an administrator wants them.
    same_subject_hours = models.PositiveSmallIntegerField(default=0)
    thread_pattern = models.CharField(max_length=200, blank=True)

    # Health. One fetcher holds the mailbox at a time, for as long as it says so again and again.
    held_by = models.CharField(max_length=64, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    waits_for_mail = models.BooleanField(default=False)  # IDLE
    fetch_after = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    fetch_failures = models.PositiveIntegerField(default=0)
    fetch_failed_at = models.DateTimeField(null=True, blank=True)
    fetch_problem = models.TextField(blank=True)  # a code and its detail: troubles.py
    send_after = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    send_failures = models.PositiveIntegerField(default=0)
    send_failed_at = models.DateTimeField(null=True, blank=True)
    send_problem = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [
            models.UniqueConstraint(fields=["is_usual"], condition=Q(is_usual=True), name="one_usual_mailbox"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"


class FolderKind(models.TextChoices):
    INBOX = "inbox", _("inbox")
    SPAM = "spam", _("spam")


class Folder(models.Model):
    """How far a folder has been read. UIDs only grow while UIDVALIDITY stays; a new one means to begin again."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=FolderKind, default=FolderKind.INBOX)
    uid_validity = models.PositiveBigIntegerField(null=True, blank=True)
    last_uid = models.PositiveBigIntegerField(default=0)
    # Mail below this UID lay there when the folder was seen for the first time: only what is new enough is taken.
    old_below = models.PositiveBigIntegerField(default=0)
    # The mail on which the line broke, and how often: the third time the others go on without it.
    stuck_uid = models.PositiveBigIntegerField(default=0)
    stuck_times = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="a_folder_once_per_mailbox")]

    def __str__(self) -> str:
        return self.name


class Unfetched(models.Model):
    """A mail that is known to lie on the server and could not be fetched whole; tried again, and shown."""

    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="unfetched")
    uid_validity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    problem = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField()
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("mail not fetched")
        verbose_name_plural = _("mail not fetched")
        constraints = [models.UniqueConstraint(fields=["folder", "uid_validity", "uid"], name="a_mail_unfetched_once")]

    def __str__(self) -> str:
        return f"{self.folder_id}/{self.uid}"
