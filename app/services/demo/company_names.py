"""What companies and people are called, by language: ordinary names and words; the firms are invented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

TRADES: Final = ("marine", "plumbing", "electrical", "machinery", "food", "building")
"""What a customer does, and so which products it buys most of."""

TRADE_WORDS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "en": (
        ("Marine Supply", "Shipyard", "Offshore", "Boat Works", "Ship Repair", "Navigation"),
        ("Plumbing", "Hydraulics", "Heating", "Pump Service", "Water Systems", "Pipework"),
        ("Electrical", "Lighting", "Controls", "Automation", "Instruments", "Power"),
        ("Machine Works", "Robotics", "Tooling", "Engineering", "Presses", "Drives"),
        ("Brewery", "Kitchens", "Dairy", "Packaging", "Bakeries", "Foods"),
        ("Contractors", "Building", "Facilities", "Property Services", "Climate", "Roofing"),
    ),
    "nl": (
        ("Scheepswerf", "Maritiem", "Scheepstechniek", "Jachtbouw", "Offshore"),
        ("Installatietechniek", "Loodgieters", "Pompen", "Watertechniek", "Leidingbouw"),
        ("Elektrotechniek", "Besturingstechniek", "Verlichting", "Automatisering"),
        ("Machinebouw", "Techniek", "Metaal", "Aandrijftechniek", "Gereedschap"),
        ("Zuivel", "Brouwerij", "Verpakkingen", "Grootkeukens", "Bakkerijtechniek"),
        ("Bouw", "Onderhoud", "Vastgoedbeheer", "Klimaattechniek", "Dakwerken"),
    ),
    "de": (
        ("Schiffstechnik", "Werft", "Bootsbau", "Offshoretechnik"),
        ("Armaturen", "Sanitär", "Pumpentechnik", "Heizungsbau", "Rohrleitungsbau"),
        ("Elektrotechnik", "Automation", "Lichttechnik", "Messtechnik"),
        ("Maschinenbau", "Antriebstechnik", "Werkzeugbau", "Metallbau"),
        ("Molkerei", "Brauerei", "Verpackung", "Großküchen"),
        ("Bau", "Gebäudetechnik", "Klimatechnik", "Hausverwaltung"),
    ),
    "fr": (
        ("Marine", "Chantier Naval", "Réparation Navale"),
        ("Plomberie", "Pompes", "Chauffage", "Robinetterie"),
        ("Électricité", "Automatismes", "Éclairage"),
        ("Mécanique", "Usinage", "Machines"),
        ("Laiterie", "Brasserie", "Emballages"),
        ("Bâtiment", "Climatisation", "Travaux"),
    ),
    "sv": (
        ("Marin", "Varv", "Båtteknik"),
        ("Rör", "Pumpar", "Värme", "VVS"),
        ("El", "Automation", "Belysning"),
        ("Maskin", "Mekano", "Verktyg"),
        ("Mejeri", "Bryggeri", "Förpackning"),
        ("Bygg", "Fastighet", "Klimat"),
    ),
    "da": (
        ("Marine", "Skibsværft", "Skibsservice"),
        ("VVS", "Pumper", "Varme"),
        ("El-Teknik", "Automatik", "Belysning"),
        ("Maskinfabrik", "Værktøj", "Smedje"),
        ("Mejeri", "Bryggeri", "Emballage"),
        ("Byg", "Ejendomme", "Ventilation"),
    ),
    "nb": (
        ("Marine", "Verft", "Skipsservice"),
        ("Rør", "Pumper", "Varme"),
        ("Elektro", "Automasjon", "Belysning"),
        ("Maskin", "Mekaniske", "Verktøy"),
        ("Meieri", "Bryggeri", "Emballasje"),
        ("Bygg", "Eiendom", "Klima"),
    ),
    "pl": (
        ("Stocznia", "Serwis Morski"),
        ("Pompy", "Armatura", "Instalacje"),
        ("Elektro", "Automatyka", "Oświetlenie"),
        ("Maszyny", "Narzędzia", "Mechanika"),
        ("Mleczarnia", "Browar", "Opakowania"),
        ("Budownictwo", "Klimatyzacja"),
    ),
    "it": (
        ("Nautica", "Cantieri"),
        ("Idraulica", "Pompe", "Valvole"),
        ("Elettrica", "Automazione", "Illuminazione"),
        ("Meccanica", "Utensili", "Macchine"),
        ("Caseificio", "Imballaggi"),
        ("Costruzioni", "Climatizzazione"),
    ),
    "es": (
        ("Naval", "Astilleros"),
        ("Fontanería", "Bombas", "Válvulas"),
        ("Electricidad", "Automatización"),
        ("Maquinaria", "Herramientas"),
        ("Lácteos", "Envases"),
        ("Construcciones", "Climatización"),
    ),
    "fi": (
        ("Telakka", "Meri"),
        ("Putki", "Pumppu"),
        ("Sähkö", "Valo"),
        ("Kone", "Työkalu"),
        ("Meijeri",),
        ("Rakennus",),
    ),
}
"""Words for each trade, in the order of :data:`TRADES`."""

FANCY_WORDS: Final[dict[str, Sequence[str]]] = {
    "en": (
        "Alder Amber Anchor Ashford Beacon Birch Bluewater Bridgeport Brightwater Cedar Channel Clearwater Clifton "
        "Coastline Compass Crescent Crestview Driftwood Eastgate Elmwood Estuary Fairway Falcon Foxglove Glenmore "
        "Greystone Hawthorn Heron Highland Ironbridge Kestrel Kingfisher Larkspur Longreach Maple Meridian Millbrook "
        "Mooring Northgate Orchard Osprey Pinnacle Plover Quarry Ravenswood Riverside Rowan Sandpiper Skylark "
        "Southdown Sterling Stonebridge Tern Thistle Trident Vanguard Wayside Westbrook Whitecap Windward Wren"
    ).split(" "),
    "nl": (
        "Anker Delta Duin Hanze IJssel Kompas Kraan Maas Merwede Noorder Oever Polder Randstad Rijn Schelde Spaarne "
        "Sterk Stuw Terp Vecht Veste Waal Wester Zuider Zwaan"
    ).split(" "),
    "de": "Adler Alster Elbe Falke Hansa Isar Kranich Main Nord Ost Rhein Ruhr Saale Spree Süd Tanne Weser".split(" "),
    "fr": "Armor Atlas Azur Cigale Étoile Flandre Garonne Loire Mistral Opale Rivage Seine Soleil".split(" "),
    "sv": "Björk Fjäll Hav Järn Klippan Mälar Nord Skärgård Sund Väst Älv".split(" "),
    "da": "Bælt Fjord Hav Klint Nord Sund Vester Øster Å".split(" "),
    "nb": "Bre Fjell Fjord Hav Lofot Nord Sund Vest".split(" "),
    "pl": "Bałtyk Dąb Jantar Kormoran Orzeł Polaris Wisła".split(" "),
    "it": "Adria Alba Aquila Arno Ligure Lario Onda Ponte Stella".split(" "),
    "es": "Alba Cantábrico Ebro Faro Levante Norte Ría Sierra".split(" "),
    "fi": "Harju Järvi Kallio Koivu Koski Lahti Pohjola Saari Suomi".split(" "),
}

SURNAMES: Final[dict[str, Sequence[str]]] = {
    "en": (
        "Abbott Archer Barlow Bennett Booth Calder Carver Chandler Cooper Dalton Draper Ellis Farrow Fletcher Garner "
        "Grant Hale Harding Hobbs Holt Ingram Jarvis Kerr Langley Mercer Nash Norris Paget Porter Quinn Reeve Sawyer "
        "Shaw Slater Tanner Thorne Turner Vance Walker Webb Whitlock Yates"
    ).split(" "),
    "nl": (
        "Bakker Blom Boer Bos Brouwer Bruin Dekker Dijkstra Haas Hoekstra Jansen Kok Kuiper Kuipers Meijer Mulder "
        "Peters Postma Prins Schipper Scholten Smit Timmer Veenstra Verbeek Visser Vos Vries Willems Wolters Zijlstra"
    ).split(" "),
    "de": (
        "Albrecht Bauer Becker Brandt Busch Engel Fischer Franke Graf Hartmann Hoffmann Jäger Keller Krüger Lange "
        "Lorenz Möller Neumann Otto Pohl Richter Schäfer Schröder Seidel Sommer Vogel Wagner Winkler Ziegler"
    ).split(" "),
    "fr": "Bernard Blanc Chevalier Dubois Fontaine Garnier Lambert Laurent Mercier Moreau Petit Renard Roussel".split(
        " "
    ),
    "sv": "Andersson Berg Dahl Ek Forsberg Holm Lindqvist Lund Nilsson Nyström Sandberg Sjöberg Åkesson".split(" "),
    "da": "Andersen Christensen Dahl Friis Holm Jensen Juul Kjær Lund Madsen Mortensen Nygaard Sørensen".split(" "),
    "nb": "Aasen Berg Dahl Eide Hagen Haugen Johansen Lie Moen Nilsen Solberg Strand".split(" "),
    "pl": "Kowalski Lewandowski Mazur Nowak Pawlak Sikora Wilk Wójcik Zając Zieliński".split(" "),
    "it": "Bianchi Colombo Conti Ferrari Gallo Marino Ricci Romano Villa".split(" "),
    "es": "Castro Delgado García Iglesias Molina Navarro Ortega Ramos Vega".split(" "),
    "fi": "Heikkinen Korhonen Laine Mäkelä Niemi Salonen Virtanen".split(" "),
}

FIRST_NAMES: Final[dict[str, Sequence[str]]] = {
    "en": "Alice Daniel Emma George Hannah James Jo Lucy Mark Olivia Peter Ruth Samuel Tom".split(" "),
    "nl": "Anouk Bas Daan Eva Femke Jeroen Joost Lotte Maarten Marieke Noor Pieter Sanne Sven Thijs Wouter".split(" "),
    "de": "Anna Britta Claudia Dirk Fritz Heike Jörg Katrin Lena Matthias Nina Stefan Uwe".split(" "),
    "fr": "Amélie Bruno Camille Denis Élise Hugo Julien Margaux Nathalie Olivier".split(" "),
    "sv": "Anders Astrid Elin Gustav Ingrid Johan Karin Lars Maja Per".split(" "),
    "da": "Anne Bjarne Freja Ida Jens Lars Mette Niels Søren".split(" "),
    "nb": "Astrid Einar Hege Ingrid Kari Lars Ola Solveig Tor".split(" "),
    "pl": "Agnieszka Jan Katarzyna Marek Magdalena Piotr Tomasz Zofia".split(" "),
    "it": "Andrea Chiara Giulia Luca Marco Paola Sara Stefano".split(" "),
    "es": "Ana Carlos Elena Javier Lucía Marta Miguel Pablo".split(" "),
    "fi": "Aino Antti Eero Kaisa Mika Päivi Timo".split(" "),
}

ROLES: Final = ("Purchasing", "Purchasing manager", "Workshop", "Accounts", "Site manager", "Owner", "Planning")

KNOWN: Final = (
    ("Harbor & Finch Ltd", "NL", "marine"),
    ("Summit Safety AB", "SE", "building"),
    ("Northwind Marine Supply", "GB", "marine"),
    ("Marlowe Lighting", "GB", "electrical"),
    ("Silverline Optics BV", "NL", "machinery"),
    ("Brightwell Plumbing", "GB", "plumbing"),
    ("Juniper Labs Inc", "US", "electrical"),
    ("Cascade Medical GmbH", "DE", "machinery"),
    ("Redstone Robotics", "NL", "machinery"),
    ("Tidewater Hydraulics", "NL", "plumbing"),
    ("Delta Pump Service", "BE", "plumbing"),
    ("Lakeside Fasteners Co", "GB", "building"),
    ("Evergreen Kitchens", "NL", "food"),
    ("Copperfield Tools", "BE", "machinery"),
    ("Pioneer Packaging", "NL", "food"),
    ("Oakridge Automotive", "DE", "machinery"),
    ("Ironwood Electrical", "NL", "electrical"),
    ("Granite State HVAC", "US", "building"),
)
"""Customers that every size has, the largest first: name, country, trade."""
