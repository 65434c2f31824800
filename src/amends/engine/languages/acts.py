"""The closed list of speech acts: what an agent or a customer does with words. Cue files may use no other name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Speaker = Literal["agent", "customer", "both"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of speech act."""

    name: str
    by: Speaker
    says: str


_AGENT: Final = {
    # opening, closing, courtesy
    "greeting": "A greeting or a form of address at the head: 'Hello', 'Dear Ms Shaw'.",
    "farewell": "A formula or a wish at the end: 'Kind regards', 'Have a nice day', 'We hope to see you again'.",
    "please": "Please, in any form that the language has for it.",
    "thanks": "Thanks or 'you are welcome', to this person.",
    "presumed-patience": "Thanks for understanding or patience that the customer has not shown.",
    "acknowledgement": "Shows that the trouble was heard and felt: 'sorry to hear', 'that must be annoying'.",
    "apology": "Says sorry for what the organisation did or failed to do.",
    "admission": "Admits a fault plainly: 'we sent the wrong one', 'our mistake', 'I forgot'.",
    "personal-word": "A word or question to this very person that no task needs: 'how is your knee?'.",
    "recognition": "Shows that a loyal customer is known: 'you have been with us for nine years'.",
    "praise-complaint": "Thanks for complaining, or says that the customer is right.",
    # taking charge, putting right
    "ownership": "Takes or keeps personal charge of the outcome: 'I will see to it myself', 'I stay your contact'.",
    "remedy": "Puts right, done or offered: refund, replacement, repair, discount, credit.",
    "offer": "Another way, a choice, a suggestion of help: 'what I can do is', 'instead we could'.",
    "help-along": "Walks the customer through: 'I will fill it in with you', 'here is how', 'click … then …'.",
    "action": "Something the agent has done or is doing about it now: 'I have checked', 'I am looking'.",
    "callback": "Offers or announces a telephone call.",
    "explanation": "Explains plainly what happened or what a word means.",
    "answer": "Gives a plain answer to what was asked: 'yes, you can', 'we open at nine', 'it costs', 'it is on'.",
    "calm-boundary": "A calm word about the tone, with the wish to help.",
    # undertakings and time
    "undertaking": "Says that something will be done: 'we will get back to you', 'it will be looked into'.",
    "vague-time": "A time that is none: 'soon', 'shortly', 'as soon as possible', 'in due course'.",
    "time-given": "A day, an hour or a limit: 'by Friday', 'within two hours', 'today'.",
    "excuse-reason": "A reason for being late or silent: busy, system down, staff ill, supplier, holidays.",
    # asking the customer
    "demand": "Asks or tells the customer to hand something over: 'send me', 'I need', 'what is your'.",
    "datum": "Names a piece of data about the customer or the order: order number, date of birth, phone number.",
    "proof": "Names a proof: photo, receipt, invoice, video, packaging, screenshot, ID card, bank statement.",
    "question-for-case": "A question about the trouble itself: 'which part is broken?', 'when did it begin?'.",
    # rules and refusals
    "rule-cited": "Puts a rule forward: policy, procedure, terms, the system, equal treatment, precedent.",
    "refusal": "Says no, or that it cannot be done.",
    "shrug": "Says that it does not matter: 'nothing I can do', 'it happens', 'whatever you prefer'.",
    # sending away
    "homework": "Sends the customer to a web site, form, FAQ, app, branch, fax, paper or telephone number.",
    "handed-away": "Hands the customer to another department, person or company.",
    # fault
    "customer-fault": "Points at the customer's own mistake.",
    "not-our-fault": "Says that the fault is not ours or not mine, or lays it on somebody else.",
    "contradiction": "Contradicts the customer's account.",
    # tone
    "talking-down": "Talks down: 'as I already told you', 'obviously', 'calm down', 'you must understand'.",
    "insult": "An insult.",
    "threat": "A threat to the customer.",
    "sarcasm": "Mockery or a rude retort.",
    "parade": "Shows off effort, cost or favour: 'you are lucky', 'we normally never do this'.",
    "dig": "A lesson, justification or remark that the matter did not need: 'next time please read …'.",
    "stock-phrase": "A pre-written sentence that fits any message.",
    # words
    "jargon": "An internal, technical or legal term or abbreviation.",
    "everyday-term": "An abbreviation that everybody knows (SMS, PIN, PDF): never jargon.",
    "gloss": "Explains a term on the spot: 'that is', 'which means', 'in short'.",
}
_CUSTOMER: Final = {
    "trouble": "States a trouble: broken, wrong, late, lost, charged twice, treated badly.",
    "anger": "Shows anger or strong disappointment.",
    "insult": "An insult.",
    "leaving": "Will go elsewhere, cancel, complain in public or to an authority.",
    "going-away": "Goes to another supplier, cancels, or never buys here again; no threat to complain.",
    "wants-person": "Asks for a human, a manager, somebody in charge.",
    "wants-call": "Asks to be called.",
    "repeat-contact": "Has contacted about this matter before.",
    "content": "Is satisfied now: 'it works', 'that solves it'.",
    "thanks": "Thanks.",
    "goodbye": "Takes leave: 'bye', 'have a nice day'.",
    "promise-missed": "Says that a promised word, visit or date was not kept.",
    "gave-data": "Hands over what was asked or useful: 'my order number is', 'attached', 'here is the photo'.",
    "datum": "Names a piece of data about the customer or the order.",
    "proof": "Names a proof: photo, receipt, invoice …",
    "apology": "The customer says sorry.",
    "greeting": "A greeting.",
    "asks-refund": "Asks for money back.",
    "asks-replacement": "Asks for a new or another one.",
    "asks-repair": "Asks for a repair or a technician.",
    "asks-cancel": "Asks to cancel or end something.",
    "asks-when": "Asks when or by when, or where something is.",
    "asks-why": "Asks why, or what happened.",
    "asks-how": "Asks how to do something, or whether it can be done.",
    "asks-price": "Asks what something costs or why this amount.",
    "asks-apology": "Asks for an apology or an explanation.",
}
SEEMS: Final = "seems-"
_SEEMS: Final = (
    *("arguing", "blaming", "brush-off", "canned", "condescension", "dead-end", "denial", "excuse", "heat"),
    *("indifference", "interrogation", "jargon", "last-word", "missing-courtesy", "not-listening", "parading"),
    *("robotism", "rule-book", "run-around", "vague-promise", "wrong-name"),
)


def _join() -> dict[str, Kind]:
    kinds = {name: Kind(name, "agent", says) for name, says in _AGENT.items()}
    for name, says in _CUSTOMER.items():
        kinds[name] = Kind(name, "both", kinds[name].says) if name in kinds else Kind(name, "customer", says)
    # Found by their typography in every language, never by cues.
    for name, says in (
        ("shouting", "Capitals or a row of exclamation marks."),
        ("acronym", "A short word in capitals that no sentence shouts."),
    ):
        kinds[name] = Kind(name, "both", says)
    # What people who labelled replies pointed at: no act by itself, so rules do not look at it; weighing does.
    for name in _SEEMS:
        kinds[SEEMS + name] = Kind(SEEMS + name, "agent", f"Judges pointed at sentences like this one for {name}.")
    return kinds


KINDS: Final = _join()
BY_TYPOGRAPHY: Final = frozenset({"shouting", "acronym"})
CUED_ONLY: Final = frozenset({"presumed-patience", "going-away"})
"""Read by cues alone: younger than the training text, in which nobody has marked them."""
LEARNED_ONLY: Final = frozenset(kind for kind in KINDS if kind.startswith(SEEMS))


@dataclass(slots=True, kw_only=True, order=True, unsafe_hash=True)
class Act:
    """One speech act in one text: `start` and `end` count the characters of the original.

    `plain` says that it is performed outright, in words that mean nothing else: no other reader doubts it.
    """

    start: int
    end: int
    kind: str
    confidence: float
    reader: str = "cues"
    plain: bool = False
