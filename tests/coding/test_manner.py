"""How a sentence says a thing, and who did it."""

from __future__ import annotations

import pytest

from tierengine.coding.actors import actor
from tierengine.coding.manner import manner
from tierengine.terms.wording import phrase, words

MANNERS = [
    ("the government convicted three traffickers", "convict*", "said"),
    ("the government did not investigate, prosecute, or convict any traffickers", "investigat*", "denied"),
    ("the government did not investigate, prosecute, or convict any traffickers", "convict*", "denied"),
    ("it failed to identify any victims and arrested three traffickers", "identif*", "denied"),
    ("it failed to identify any victims and arrested three traffickers", "arrest*", "said"),
    ("no alleged traffickers were convicted", "convict*", "denied"),
    ("no convictions of government employees were obtained", "convict*", "denied"),
    ("police investigated five cases, but did not prosecute", "investigat*", "said"),
    ("the shelter has yet to open", "open", "denied"),
    ("procedures were not implemented", "procedures", "denied"),
    ("the penalties are not commensurate with those for rape", "not commensurate", "said"),
    ("the unit lacked staff", "unit lack* staff", "said"),
    ("no officer said that the unit lacked staff", "unit lack* staff", "denied"),
    ("services were nonexistent", "services", "denied"),
    ("the law is lacking", "law", "denied"),
    ("neither police nor courts convicted anybody", "convict*", "denied"),
    ("the police lacked procedures", "procedures", "denied"),
    ("victims were identified without procedures", "procedures", "denied"),
    ("the police didn't convict anybody", "convict*", "denied"),
    ("not only did it convict traffickers", "convict*", "said"),
    ("it convicted no fewer than nine traffickers", "convict*", "said"),
    ("the government did not provide adequate services", "provid* services", "limited"),
    ("the law does not prohibit all forms", "prohibit* forms", "limited"),
    ("the government did not report any convictions", "convict*", "not reported"),
    ("convictions were not reported", "convict*", "not reported"),
    ("there were no reports of convictions", "convict*", "not reported"),
    ("the government did not provide data on convictions", "convict*", "not reported"),
    ("the government promised to open a shelter", "open shelter", "promised"),
    ("the government plans to open a shelter", "open shelter", "promised"),
    ("it announced that it will open a new shelter", "open shelter", "promised"),
    ("the minister expects to amend the code next year", "amend code", "promised"),
    ("it planned a campaign, convicted two traffickers", "convict*", "said"),
    ("the government made efforts to identify victims", "identif* victims", "aimed at"),
    ("the police had no capacity to investigate", "investigat*", "denied"),
    ("the police should investigate", "investigat*", "aimed at"),
    ("a lack of capacity continued to impede the response", "lack .. impede", "said"),
    ("long trials discouraged victims from testifying", "victims testif*", "denied"),
    ("Vigorously investigate and convict traffickers", "convict*", "aimed at"),
    ("Do not detain victims", "detain victims", "aimed at"),
    ("nobody was convicted", "convict*", "denied"),
    ("it did not proactively identify victims", "identif*", "limited"),
    ("it did not publicly document convictions", "convict*", "not reported"),
    ("it did not increase its efforts to convict traffickers", "convict*", "limited"),
    ("it failed to show evidence of increasing efforts in the area of prosecution", "prosecut*", "limited"),
    ("the labs held men without pay before the police arrested the owners", "arrest*", "said"),
    ("it drafted an action plan, provided support to eight victims", "support", "said"),
    ("it adopted a national action plan to combat trafficking and opened a shelter", "opened shelter", "said"),
    ("it agreed to train judges and convicted two traffickers", "convict*", "said"),
    ("the ministry held talks with donors on opening a shelter", "opening shelter", "aimed at"),
    ("draft procedures for the referral of victims are still not finalized", "procedures .. victims", "denied"),
    ("no resources were devoted to a written plan", "written plan", "said"),
    ("it deported victims rather than providing them protection", "providing protection", "denied"),
    ("it fined employers instead of prosecuting them", "prosecut*", "denied"),
    ("it fined employers instead of prosecuting them", "fin*", "said"),
    ("victims were more often jailed than provided with care", "provided care", "aimed at"),
    ("victims were more often jailed than provided with care", "jailed", "said"),
    ("victims were more often jailed than helped", "victims .. helped", "aimed at"),
    ("victims were more often jailed than helped", "victims .. jailed", "said"),
    ("the police used informal means to identify and refer victims", "refer victims", "aimed at"),
    ("punishment of offenders and help to victims remain lacking", "punishment offenders", "denied"),
    ("the police arrested traffickers and shelters remained lacking", "arrest*", "said"),
    ("training for judges and shelters were not funded", "training", "said"),
    ("strict punishment of offenders was lacking", "punishment offenders", "limited"),
]


@pytest.mark.parametrize(("text", "thing", "how"), MANNERS, ids=[f"{text} / {thing}" for text, thing, _ in MANNERS])
def test_manner(text: str, thing: str, how: str) -> None:
    """Denial, silence, promise and purpose are told apart, and reach as far as the sentence takes them."""
    spoken = words(text)
    places = next(phrase(thing).places(spoken))
    assert manner(text, spoken, places) == how


ACTORS = [
    ("the government provided shelter", "provid* shelter", "government"),
    ("NGOs provided shelter to 20 victims", "provid* shelter", "non-governmental organisation"),
    ("the government relied on NGOs to provide shelter", "provid* shelter", "non-governmental organisation"),
    ("services were provided by civil society", "services", "non-governmental organisation"),
    ("the government funded an NGO shelter", "fund* shelter", "government"),
    ("the government, with NGOs, provided shelter", "provid* shelter", "government"),
    ("authorities referred victims to NGOs", "refer* victims", "government"),
    ("14 victims were identified by an NGO", "victims identif*", "non-governmental organisation"),
    ("IOM trained 30 police officers", "train* police", "international organisation"),
    ("foreign donors funded the hotline", "fund* hotline", "other government"),
    ("Post estimates 40 victims", "estimat* victims", "post"),
]


@pytest.mark.parametrize(("text", "thing", "who"), ACTORS, ids=[text for text, _, _ in ACTORS])
def test_actor(text: str, thing: str, who: str) -> None:
    """Whoever stands as the one that acts is the actor; with whom or for whom it is done is not."""
    spoken = words(text)
    assert actor(text, spoken, next(phrase(thing).places(spoken)), "the government").is_ == who
