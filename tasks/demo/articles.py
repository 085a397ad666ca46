"""What the sample website publishes. The network of colleges, its people and its places are made up."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Happening:
    """When and where an event takes place: days from now, the hour, how long, and the place."""

    days: int
    hour: int
    lasts: timedelta
    place: str


@dataclass(frozen=True)
class Article:
    """One page of the website, and its item in the feed."""

    slug: str
    title: str
    summary: str
    body: tuple[str, ...]
    categories: tuple[str, ...]
    event: Happening | None = None


THERE = (
    Article(
        "voorlezen-in-twee-talen",
        "Voorlezen in twee talen: zo begin je eraan",
        "Een prentenboek in het Nederlands én in de thuistaal: onze studenten probeerden het uit in zes "
        "kleuterklassen en delen hun vijf beste tips.",
        (
            "Wie voorleest in twee talen, laat alle kleuters meedoen. De taal van thuis is een ladder.",
            "Tweedejaars lazen drie weken samen met ouders voor: hetzelfde boek, een andere stem.",
        ),
        ("taal", "kleuters"),
    ),
    Article(
        "de-verteltas-gaat-op-reis",
        "De verteltas gaat op reis door twaalf scholen",
        "Een tas met een boek, een handpop en een spel: elke week verhuist ze naar een ander gezin. Leen ze "
        "gratis uit bij de hogeschool in je buurt.",
        (
            "In de verteltas zit alles om samen een verhaal te beleven, ook als lezen niet zo vlot gaat.",
            "Twaalf scholen deden al mee. De wachtlijst is kort en de handleiding past op één blad.",
        ),
        ("lezen", "ouders"),
    ),
    Article(
        "iedereen-aan-tafel",
        "Iedereen aan tafel: diversiteit in de refter",
        "Wat eet jij thuis? Een lessenpakket rond eten, gewoontes en feesten voor kleuters van vier en vijf.",
        (
            "Eten is het eerste waarover kleuters elkaar vragen stellen. Maak er een gesprek van.",
            "Je vindt er praatplaten, een liedje en een brief voor de ouders in negen talen.",
        ),
        ("diversiteit", "lesmateriaal"),
    ),
    Article(
        "stage-in-een-superdiverse-klas",
        "Stage in een superdiverse klas: drie studenten vertellen",
        "Elf thuistalen in één kleuterklas. Wat leer je daar, wat maakt je zenuwachtig en wat neem je mee?",
        (
            "‘De eerste dag telde ik wat ik niet verstond. Na een week: wat kinderen elkaar uitlegden.’",
            "De drie studenten schreven hun ervaringen op voor wie volgend jaar vertrekt.",
        ),
        ("stage", "diversiteit"),
    ),
    Article(
        "studiedag-kleuters-en-taal",
        "Studiedag: kleuters en taal",
        "Een dag vol werkwinkels over meertalig voorlezen, vertellen met beelden en spreken met ouders.",
        ("In de voormiddag twee lezingen, in de namiddag zes werkwinkels waaruit je er twee kiest.",),
        ("studiedag", "taal"),
        Happening(21, 9, timedelta(hours=7), "Hogeschool De Linde, Bosveld"),
    ),
    Article(
        "boekenruil-voor-leerkrachten",
        "Boekenruil voor leerkrachten",
        "Breng drie prentenboeken mee die je klas al kent en ga met drie andere naar huis.",
        ("De koffie staat klaar vanaf half twee. Wie een boek zoekt, mag dat vooraf laten weten.",),
        ("lezen", "ontmoeting"),
        Happening(9, 14, timedelta(hours=3), "Bibliotheek Het Palet, Rivierdam"),
    ),
)

COMING = (
    Article(
        "nieuw-spelend-leren-lezen",
        "Nieuw: spelend leren lezen met de letterkoffer",
        "Nu te leen: een koffer vol voelletters, rijmkaarten en een spel dat kleuters zelf uitvinden.",
        (
            "Studenten van vier hogescholen maakten hem, samen met kleuterjuffen en -meesters.",
            "Je leent hem voor drie weken. In het schriftje laat elke klas een spel achter.",
        ),
        ("lezen", "lesmateriaal"),
    ),
    Article(
        "vertelavond-in-het-palet",
        "Vertelavond: verhalen die je thuis hoorde",
        "Acht studenten en acht ouders vertellen, elk in hun eigen taal. Wie alleen wil luisteren, is even "
        "welkom.",
        ("De deuren gaan open om half zeven. Kinderen zijn welkom, kussens liggen klaar.",),
        ("vertellen", "ontmoeting"),
        Happening(16, 19, timedelta(hours=2), "Bibliotheek Het Palet, Rivierdam"),
    ),
    Article(
        "praatplaten-in-negen-talen",
        "Praatplaten in negen talen, gratis te downloaden",
        "Vijftien tekeningen om samen over te vertellen, met de woorden erbij in negen talen.",
        ("Druk ze af, hang ze op, en laat de ouders hun eigen woorden toevoegen.",),
        ("taal", "lesmateriaal"),
    ),
    Article(
        "wie-wordt-mentor",
        "Wie wordt mentor van een eerstejaarsstudent?",
        "Twee uur per maand, een jaar lang: ervaren leerkrachten lopen mee met een student die begint.",
        ("Je krijgt een korte opleiding en er is elk trimester een avond voor alle mentoren samen.",),
        ("opleiding",),
    ),
    Article(
        "het-prentenboek-van-de-maand",
        "Het prentenboek van de maand kiest partij voor verlegen kinderen",
        "Een beer die liever luistert dan vertelt: zeven ideeën om met dit verhaal aan de slag te gaan.",
        ("De ideeën zijn getest in drie klassen. Eén ervan vraagt alleen een deken en een zaklamp.",),
        ("lezen", "kleuters"),
    ),
    Article(
        "ouders-lezen-mee",
        "Ouders lezen mee: het draaiboek staat klaar",
        "Van de uitnodiging tot het leesfeest: alles wat je nodig hebt om ouders in de klas te krijgen.",
        ("Het draaiboek past in een kwartier voorbereiding per week en bevat de brieven in zes talen.",),
        ("ouders", "lezen"),
    ),
)
