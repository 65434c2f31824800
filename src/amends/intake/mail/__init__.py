"""Raw mail into plain values: no clock, no database, and no mail too broken to be kept."""

from amends.intake.mail.files import MAILS, File
from amends.intake.mail.headers import Address, fold_address
from amends.intake.mail.parse import ParsedMail, parse
from amends.intake.mail.structure import Limits, UnableToParse

__all__ = ["MAILS", "Address", "File", "Limits", "ParsedMail", "UnableToParse", "fold_address", "parse"]
