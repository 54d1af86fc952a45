"""Where the sample company's customers are: real towns with their postal codes, ordinary street names.

Telephone numbers come from ranges kept free for fiction where a country has one (Ofcom, ARCEP, PTS,
Bundesnetzagentur, NANP 555-01xx); mail goes to the top-level domain ``example`` (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Town:
    """A town, its region where addresses show one, and the pattern of its postal codes (# digit, @ letter)."""

    name: str
    postal_code: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """A country of customers: how many per thousand, how they write addresses, what companies are called."""

    code: str
    language: str
    share: int
    phone: str
    legal_forms: tuple[str, ...]
    towns: tuple[Town, ...]
    streets: tuple[str, ...]
    number_first: bool = False
    currency: str = ""  # empty: the sample company's own


COUNTRIES: Final = (
    Country(
        "NL",
        "nl",
        390,
        "+31 10 555 ####",
        ("BV", "BV", "BV", "VOF", "NV"),
        (
            Town("Rotterdam", "301# @@"),
            Town("Rotterdam", "308# @@"),
            Town("Schiedam", "311# @@"),
            Town("Dordrecht", "331# @@"),
            Town("Vlaardingen", "313# @@"),
            Town("Amsterdam", "101# @@"),
            Town("Utrecht", "354# @@"),
            Town("Eindhoven", "561# @@"),
            Town("Tilburg", "501# @@"),
            Town("Breda", "481# @@"),
            Town("Arnhem", "682# @@"),
            Town("Groningen", "972# @@"),
            Town("Zwolle", "801# @@"),
            Town("Vlissingen", "438# @@"),
            Town("Delft", "262# @@"),
            Town("Den Helder", "178# @@"),
        ),
        (
            "Havenstraat",
            "Industrieweg",
            "Nieuwe Haven",
            "Scheepmakerskade",
            "Ambachtsweg",
            "Stationsplein",
            "Kanaaldijk",
        ),
    ),
    Country(
        "DE",
        "de",
        160,
        "+49 30 23125 ###",
        ("GmbH", "GmbH", "GmbH & Co. KG", "AG"),
        (
            Town("Hamburg", "2045#"),
            Town("Bremen", "2819#"),
            Town("Bremerhaven", "2756#"),
            Town("Duisburg", "4705#"),
            Town("Köln", "5066#"),
            Town("Düsseldorf", "4021#"),
            Town("Stuttgart", "7017#"),
            Town("München", "8033#"),
            Town("Leipzig", "0410#"),
            Town("Kiel", "2410#"),
            Town("Nürnberg", "9040#"),
        ),
        ("Hafenstraße", "Industriestraße", "Bahnhofstraße", "Am Sandtorkai", "Werkstraße", "Gartenweg", "Lange Straße"),
    ),
    Country(
        "BE",
        "nl",
        100,
        "+32 3 555 ## ##",
        ("BV", "NV"),
        (
            Town("Antwerpen", "20#0"),
            Town("Gent", "90#0"),
            Town("Brugge", "8000"),
            Town("Zeebrugge", "8380"),
            Town("Genk", "3600"),
            Town("Mechelen", "2800"),
            Town("Hasselt", "3500"),
            Town("Kortrijk", "8500"),
        ),
        ("Scheldestraat", "Noorderlaan", "Industriepark", "Kaaistraat", "Molenweg", "Vaartstraat"),
    ),
    Country(
        "GB",
        "en",
        90,
        "+44 20 7946 0###",
        ("Ltd", "Ltd", "PLC"),
        (
            Town("Kingston upon Hull", "HU9 #@@"),
            Town("Southampton", "SO14 #@@"),
            Town("Bristol", "BS1 #@@"),
            Town("Leeds", "LS10 #@@"),
            Town("Aberdeen", "AB11 #@@"),
            Town("Glasgow", "G51 #@@"),
            Town("London", "E16 #@@"),
            Town("Felixstowe", "IP11 #@@"),
            Town("Liverpool", "L20 #@@"),
        ),
        ("Dock Road", "Quayside", "Mill Lane", "Station Approach", "Foundry Street", "Harbour Way", "Albion Street"),
        number_first=True,
        currency="GBP",
    ),
    Country(
        "SE",
        "sv",
        50,
        "+46 8 465 004 ##",
        ("AB",),
        (
            Town("Göteborg", "411 0#"),
            Town("Malmö", "211 2#"),
            Town("Stockholm", "111 2#"),
            Town("Norrköping", "602 2#"),
            Town("Gävle", "802 5#"),
            Town("Helsingborg", "252 2#"),
        ),
        ("Hamngatan", "Varvsgatan", "Industrigatan", "Kungsgatan", "Verkstadsgatan"),
    ),
    Country(
        "DK",
        "da",
        45,
        "+45 55 55 ## ##",
        ("A/S", "ApS"),
        (
            Town("Esbjerg", "6700"),
            Town("Aarhus C", "8000"),
            Town("Odense C", "5000"),
            Town("Fredericia", "7000"),
            Town("København SV", "2450"),
        ),
        ("Havnegade", "Industrivej", "Værftsvej", "Skibsbrogade", "Nørregade"),
    ),
    Country(
        "NO",
        "nb",
        30,
        "+47 55 55 ## ##",
        ("AS",),
        (
            Town("Bergen", "500#"),
            Town("Stavanger", "4006"),
            Town("Oslo", "015#"),
            Town("Ålesund", "6002"),
            Town("Haugesund", "5527"),
        ),
        ("Strandgata", "Verftsveien", "Sjøgata", "Industriveien"),
    ),
    Country(
        "FR",
        "fr",
        45,
        "+33 1 99 00 ## ##",
        ("SAS", "SARL", "SA"),
        (
            Town("Le Havre", "76600"),
            Town("Dunkerque", "59140"),
            Town("Lille", "59000"),
            Town("Lyon", "6900#"),
            Town("Nantes", "44000"),
            Town("Marseille", "1301#"),
        ),
        ("rue du Port", "quai de la Marne", "avenue de l’Industrie", "rue des Forges", "rue Victor Hugo"),
        number_first=True,
    ),
    Country(
        "PL",
        "pl",
        25,
        "+48 58 555 ## ##",
        ("Sp. z o.o.", "S.A."),
        (
            Town("Gdańsk", "80-0##"),
            Town("Gdynia", "81-3##"),
            Town("Szczecin", "70-6##"),
            Town("Wrocław", "50-1##"),
            Town("Poznań", "61-8##"),
        ),
        ("ul. Portowa", "ul. Stoczniowa", "ul. Przemysłowa", "ul. Morska"),
    ),
    Country(
        "IT",
        "it",
        20,
        "+39 010 555 ####",
        ("S.r.l.", "S.p.A."),
        (
            Town("Genova", "1612#", "GE"),
            Town("Milano", "2013#", "MI"),
            Town("Trieste", "3412#", "TS"),
            Town("Bologna", "4013#", "BO"),
        ),
        ("Via del Porto", "Via dell’Industria", "Via Garibaldi", "Via Roma"),
    ),
    Country(
        "ES",
        "es",
        20,
        "+34 94 555 ## ##",
        ("S.L.", "S.A."),
        (Town("Bilbao", "4800#"), Town("Barcelona", "0803#"), Town("Valencia", "4602#"), Town("Vigo", "3620#")),
        ("Calle del Puerto", "Avenida de la Industria", "Calle Mayor", "Muelle Sur"),
    ),
    Country(
        "AT",
        "de",
        10,
        "+43 1 555 ####",
        ("GmbH",),
        (Town("Linz", "4020"), Town("Graz", "8020"), Town("Wien", "10#0")),
        ("Hafenstraße", "Industriezeile", "Donaulände"),
    ),
    Country(
        "FI",
        "fi",
        8,
        "+358 2 555 ####",
        ("Oy",),
        (Town("Turku", "20100"), Town("Kotka", "48100"), Town("Helsinki", "00180")),
        ("Satamakatu", "Telakkakatu", "Teollisuuskatu"),
    ),
    Country(
        "US",
        "en",
        7,
        "+1 757 555 01##",
        ("Inc", "LLC"),
        (Town("Norfolk", "2351#", "VA"), Town("Houston", "7702#", "TX"), Town("Mobile", "3660#", "AL")),
        ("Water Street", "Commerce Drive", "Dock Street", "Industrial Boulevard"),
        number_first=True,
        currency="USD",
    ),
)
