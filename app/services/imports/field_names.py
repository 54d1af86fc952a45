"""What other programs, in English and German, call the fields in the header of a file.

The names of a field are separated by bars.  They are compared as :func:`app.services.imports.fields.normal`
reduces them, so case, umlauts, spaces and punctuation do not matter here.
"""

from __future__ import annotations

from typing import Final

CUSTOMER_NAMES: Final[dict[str, str]] = {
    "number": """
        customer id | customer no | customer code | cust no | cust id | client id | client number | account |
        account number | account no | partner id | business partner | debtor | debtor number | id | no | code |
        kundennummer | kundennr | kunden-nr. | kdnr | kd-nr | kunde nr | debitor | debitorennummer | debitornr |
        konto | nummer
    """,
    "name": """
        customer name | company | company name | customer | organisation | organization | business name |
        account name | client | client name | firma | firmenname | kunde | kundenname | name 1 | name1 |
        bezeichnung
    """,
    "vat_number": """
        vat | vat id | vat no | tax id | tax number | ust-id | ustid | ust-idnr | ustidnr | umsatzsteuer-id |
        steuernummer
    """,
    "currency": "currency code | iso currency | waehrung | whrg",
    "language": "language code | locale | lang | sprache | sprachcode",
    "payment_term": """
        payment terms | terms | terms of payment | zahlungsbedingung | zahlungsbedingungen | zahlungsziel |
        zahlungsart
    """,
    "email": "email | email address | e-mail address | mail | e-mail-adresse | emailadresse",
    "phone": """
        telephone | tel | phone number | phone no | mobile | telefon | telefonnummer | tel.-nr. | rufnummer
    """,
    "street": """
        address | address 1 | address line 1 | street 1 | street address | billing street | strasse | str |
        anschrift | adresse | strasse hausnummer | strasse und hausnummer
    """,
    "street_2": "address 2 | address line 2 | street 2 | suite | adresszusatz | zusatz | adresse 2",
    "postal_code": "zip | zip code | postcode | post code | plz | postleitzahl | billing zip",
    "city": "town | place | billing city | ort | stadt | wohnort",
    "region": "state | province | county | state province | bundesland | kanton | land region",
    "country": "country code | billing country | land | laenderkennzeichen | laendercode | staat | lkz",
    "contact_name": """
        contact person | contact full name | attention | attn | ansprechpartner | kontakt | ansprechperson |
        kontaktperson
    """,
    "contact_role": "contact title | job title | role | position | funktion | stellung",
    "tax_exempt": "exempt | no tax | steuerfrei | steuerbefreit",
    "credit_limit": "credit line | kreditlimit | kreditrahmen",
    "notes": """
        notes | note | comment | comments | remarks | memo | bemerkung | bemerkungen | notiz | notizen | info
    """,
}

PRODUCT_NAMES: Final[dict[str, str]] = {
    "sku": """
        product id | product code | product no | product number | item | item no | item number | item code |
        item id | article | article no | article number | stock code | part number | part no | material |
        material number | id | code | artikel | artikelnummer | artikelnr | artikel-nr. | art.-nr. | artnr |
        teilenummer | materialnummer | produktnummer | sachnummer | no | nummer
    """,
    "name": """
        product name | product | title | item name | short description | article name | artikelbezeichnung |
        bezeichnung | bezeichnung 1 | produktname | artikelname | kurztext | produkt
    """,
    "description": """
        long description | details | product description | beschreibung | langtext | artikeltext | bezeichnung 2
        | quantity per unit
    """,
    "kind": "product type | item type | kind | art | artikelart | produktart | type",
    "unit": """
        unit | uom | unit of measure | base unit | quantity unit | einheit | mengeneinheit | me | basiseinheit |
        lagereinheit
    """,
    "list_price": """
        price | unit price | sales price | selling price | retail price | net price | preis | verkaufspreis | vk
        | vk-preis | listenpreis | einzelpreis | nettopreis | vk netto
    """,
    "tax_codes": "tax | tax code | tax class | vat code | steuer | steuerschluessel | steuerklasse | mwst",
    "barcode": "ean | gtin | upc | ean code | bar code | ean13 | strichcode | ean-code | gtin/ean",
    "category": """
        product category | group | product group | category id | item group | warengruppe | kategorie |
        produktgruppe | artikelgruppe | gruppe
    """,
    "bin": "bin location | shelf | storage bin | lagerplatz | regal | fach | stellplatz",
    "weight_kg": """
        weight | weight kg | net weight | gross weight | gewicht | gewicht kg | nettogewicht | bruttogewicht
    """,
    "discontinued": "inactive | obsolete | end of life | ausgelaufen | auslaufartikel | inaktiv | gesperrt",
}

STOCK_NAMES: Final[dict[str, str]] = {
    "quantity": """
        quantity | qty | stock | on hand | units in stock | in stock | stock level | quantity on hand |
        inventory | count | counted | menge | bestand | lagerbestand | anzahl | stueck | istbestand | lagermenge
    """,
    "unit": "uom | unit of measure | einheit | mengeneinheit | me",
    "location": "warehouse | site | store | location code | lager | lagerort | standort | filiale",
    "unit_cost": "unit cost | cost | cost price | average cost | einstandspreis | bewertungspreis | kosten",
}

ORDER_NAMES: Final[dict[str, str]] = {
    "number": """
        order no | order id | order | sales order | sales order id | invoice no | invoice number | invoice |
        document | document no | document number | so number | auftrag | auftragsnummer | auftragsnr |
        auftrags-nr. | bestellung | rechnungsnummer | rechnungsnr | rechnungs-nr. | belegnummer | belegnr |
        beleg-nr. | beleg | vorgangsnummer | id
    """,
    "customer_number": """
        customer id | customer no | customer code | customer | cust no | client id | account | account number |
        sold to | partner id | kundennummer | kundennr | kunden-nr. | kdnr | kd-nr | kunde | debitor |
        debitorennummer
    """,
    "ordered_on": """
        date | ordered on | ordered | invoice date | created | created at | document date | order placed |
        bestelldatum | auftragsdatum | datum | belegdatum | rechnungsdatum | erstellt am
    """,
    "customer_po": """
        po | customer po | po no | purchase order | purchase order number | customer reference | your reference
        | bestellnummer | bestellnr | bestell-nr. | kundenbestellnummer | ihre bestellung | ihr zeichen |
        kundenreferenz
    """,
    "requested_on": """
        required date | requested delivery date | need by | due date | wunschtermin | wunschlieferdatum |
        gewuenschter liefertermin
    """,
    "promised_on": """
        promise date | delivery date | confirmed date | expected date | liefertermin | lieferdatum | zugesagt am
        | bestaetigter termin
    """,
    "shipped_on": """
        ship date | shipped | shipping date | dispatched | dispatch date | date shipped | versanddatum |
        versendet am | versandt am | geliefert am | warenausgang
    """,
    "currency": "currency code | iso currency | waehrung | whrg",
    "channel": "sales channel | source | shop | vertriebskanal | kanal | vertriebsweg",
    "freight": """
        shipping | shipping cost | shipping costs | freight cost | postage | delivery charge | fracht |
        frachtkosten | versandkosten | porto
    """,
    "ship_name": """
        ship to | delivery name | recipient | shipping name | consignee | lieferanschrift name | empfaenger |
        lieferung an
    """,
    "ship_street": """
        ship address | shipping address | delivery address | delivery street | lieferanschrift strasse |
        lieferadresse | lieferstrasse
    """,
    "ship_postal_code": """
        ship zip | ship zip code | shipping zip | delivery postcode | liefer-plz | lieferanschrift plz
    """,
    "ship_city": "shipping city | delivery city | lieferort | lieferanschrift ort",
    "ship_region": "shipping state | ship state | delivery region",
    "ship_country": "shipping country | delivery country | country | lieferland | land",
    "notes": """
        note | comment | comments | remarks | instructions | order notes | hinweis | hinweise | auftragstext
    """,
}

ORDER_LINE_NAMES: Final[dict[str, str]] = {
    "line_name": """
        description | product name | item name | product | item description | text | line description |
        bezeichnung | artikelbezeichnung | positionstext | artikeltext | beschreibung
    """,
    "quantity": """
        qty | ordered | order quantity | quantity ordered | units | count | pieces | menge | anzahl | stueck |
        bestellmenge | stueckzahl
    """,
    "unit": "uom | unit of measure | quantity unit | einheit | mengeneinheit | me",
    "unit_price": """
        price | net price | price each | unit net price | sales price | item price | preis | einzelpreis |
        stueckpreis | e-preis | ep | vk | nettopreis
    """,
    "discount_percent": """
        discount | discount percent | disc | line discount | rabatt | rabatt % | nachlass | rabattsatz | skonto
    """,
}

PRICE_NAMES: Final[dict[str, str]] = {
    "customer": """
        customer number | customer no | customer id | customer code | customer name | account | account number |
        debtor | kunde | kundennummer | kundennr | kdnr | kundenname | debitor
    """,
    "customer_group": "group | price group | customer class | kundengruppe | preisgruppe | gruppe",
    "unit": "uom | unit of measure | sales unit | einheit | mengeneinheit | me",
    "from_quantity": """
        from | from qty | quantity | qty | min quantity | minimum quantity | min qty | quantity from | scale |
        scale quantity | break | quantity break | ab menge | ab | menge | staffel | staffelmenge | mindestmenge
    """,
    "price": """
        unit price | net price | agreed price | new price | special price | customer price | sales price | preis |
        einzelpreis | nettopreis | sonderpreis | kundenpreis | vk | neuer preis
    """,
    "discount_percent": "discount | discount percent | disc | rabatt | rabatt % | rabattsatz | nachlass",
    "currency": "currency code | iso currency | waehrung | whrg",
    "starts_on": """
        from date | start | start date | starts | valid since | effective from | effective date | gueltig ab |
        gueltig von | ab datum | beginn
    """,
    "ends_on": """
        to date | end | end date | ends | valid to | valid thru | expires | expiry date | effective to |
        gueltig bis | bis datum | ende
    """,
    "price_list": "list | price list name | price book | preisliste",
}
