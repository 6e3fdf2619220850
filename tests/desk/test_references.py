"""References as each database and program lays them out; the records are made up, the layouts are theirs."""

import pytest

from evidence.desk.importers import read_records, read_study
from evidence.desk.importers.article import plain_key
from evidence.desk.importers.bibtex import from_tex
from evidence.desk.importers.identifiers import doi_of, year_of
from evidence.desk.importers.names import read_name, read_names
from evidence.desk.problems import DeskError

EMBASE = """TY  - JOUR
M3  - Article
Y1  - 2014
VL  - 3
IS  - 3
SP  - 152
EP  - 160
SN  - 2226-7190
JF  - Journal of Made-up Results
JO  - J. Made-up Results
UR  - http://www.embase.com/search/results?subaction=viewrecord&from=export&id=L373791783
U2  - L373791783
C5  - 15368318
DB  - Embase
DB  - Medline
U4  - 2014-09-04
L2  - http://dx.doi.org/10.5555/2303-9027.138783
DO  - 10.5555/2303-9027.138783
A1  - Quintanilla-Doe L.
A1  - Doe E.B.
A1  - Roe I.A.
M1  - (Quintanilla-Doe L., doe@example.org) Department of Nothing, Nowhere
T1  - A trial of nothing: the value of demonstrating nothing
LA  - English
N2  - BACKGROUND. Nothing is known.
METHODS. Nothing was done.
ER  -
"""
EBSCO = """TY  - JOUR
ID  - 105987654
T1  - A nursing trial of nothing
AU  - Doe, Jane
AU  - Roe, Rita B.
Y1  - 2013/05//
N1  - Accession Number: 105987654. Language: English. Entry Date: 20130510. PMID: NLM23456789.
J2  - Made Up Nurs
JF  - Made Up Nursing
JO  - Made Up Nursing
VL  - 22
IS  - 9/10
SP  - 1234
EP  - 1242
AN  - 105987654
DB  - cin20
DP  - EBSCOhost
ER  -
"""
CENTRAL = """Record #1 of 2
Provider: Somebody
Content: text/plain; charset="UTF-8"

TY  - JOUR
AN  - CN-00731455
AU  - Doe J
AU  - van der Roe R
TI  - Nothing for pain in complex regional pain syndrome
SO  - Made up pain
YR  - 2009
VL  - 145
NO  - 3
PG  - 304\u2010311
PM  - PUBMED 19604642
XR  - EMBASE 355199421
PT  - Journal article
DOI - 10.5555/j.pain.2009.06.023
US  - https://www.example.org/central/doi/10.5555/central/CN-00731455/full
ER  -


Record #2 of 2
TY  - JOUR
AN  - CN-01234567
TI  - Nothing for nobody
SO  - https://clinicaltrials.gov/show/NCT01234567
YR  - 2020
XR  - CTgov NCT01234567
PT  - Trial registry record
US  - https://www.example.org/central/doi/10.5555/central/CN-01234567/full
ER  -
"""
PROQUEST = """TY  - JOUR
T1  - Predictors of nothing
AN  - 2214991469; 51887
JF  - Journal of Nothing
AU  - Doe, Jane
PY  - 2019
UR  - https://search.example.org/docview/2214991469?accountid=14772
L2  - http://dx.doi.org/10.5555/jts.22387
DB  - PTSDpubs
DO  - http://dx.doi.org/10.5555/jts.22387
ER  -
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Doe, J
   van der Roe, R
   Şen, Ö
AF Doe, Jane
   van der Roe, Rita
   Şen, Özge
CA ESCAPE Study Grp
TI Nothing for pain: a randomized trial
   over two lines
SO PAIN
DT Article; Retracted Publication
LA English
PY 2009
VL 145
IS 3
BP 304
EP 311
DI 10.5555/j.pain.2009.06.023
PM 19604642
UT WOS:000269768500012
ER

EF
"""
ENW = """%0 Journal Article
%A Doe, Jane
%A Made Up Study Group,
%T Nothing for pain
%J Pain
%V 145
%N 3
%P 304-311
%@ 0304-3959
%D 2009
%R 10.5555/j.pain
%M 19604642
%W PubMed
"""
SCOPUS = """Scopus
EXPORT DATE: 01 November 2026

@ARTICLE{Doe2009304,
	author={Doe, J. and {van der} Roe, R.},
	title={Nothing for 50% of pain},
	journal={Pain},
	year={2009},
	volume={145},
	number={3},
	pages={304 – 311},
	doi={10.5555/j.pain.2009.06.023},
	url={https://www.example.org/inward/record.uri?eid=2-s2.0-1},
	funding_details={Nobody},
	funding_text 1={Nobody},
	funding_text 2={Nobody else},
	pubmed_id={19604642},
	document_type={Article},
	source={Scopus},
}
"""
BIBLATEX = r"""@string{pain = "Pain"}
@article{doe, author = {{\DJ}or{\dj}evi{\'c}, Ana and {ESCAPE Study Group} and G{\"u}r, {\c S}. and others},
 title = {{Ketamine} \& CO$_2$: \textit{nothing}}, subtitle = {a trial},
 journaltitle = pain, date = {2021-03},
 pages = {12--19}, eprint = {31234567}, eprinttype = {pubmed}, langid = {english}}
"""


def read(tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    return [
        {**record.rows["studies"][0], **record.rows.get("citations", [{}])[0], "n": record}
        for record in read_records(tmp_path / name)
    ]


def test_embase(tmp_path):
    (row,) = read(tmp_path, "a.ris", EMBASE)
    assert (row["study_id"], row["authors_short"]) == ("QuintanillaDoe2014", "Quintanilla-Doe et al.")
    assert row["authors"] == "Quintanilla-Doe, L.; Doe, E.B.; Roe, I.A."
    assert (row["pmid"], row["doi"]) == ("15368318", "10.5555/2303-9027.138783")
    assert (row["journal"], row["volume"], row["issue"], row["pages"]) == (
        "Journal of Made-up Results",
        "3",
        "3",
        "152-160",
    )


def test_ebsco_does_not_give_its_own_number_as_that_of_pubmed(tmp_path):
    (row,) = read(tmp_path, "a.ris", EBSCO)
    assert (row["pmid"], row["year"], row["issue"]) == ("23456789", "2013", "9/10")
    bare = EBSCO.replace(" PMID: NLM23456789.", "")
    (row,) = read(tmp_path, "b.ris", bare)
    assert "pmid" not in row
    (row,) = read(
        tmp_path, "c.ris", bare.replace("DB  - cin20", "DB  - mdc").replace("105987654", "23456789")
    )
    assert row["pmid"] == "23456789"


@pytest.mark.parametrize("name", ["a.ris", "a.txt"])
def test_central(tmp_path, name):
    first, second = read(tmp_path, name, CENTRAL)
    assert (first["authors_short"], first["pmid"], first["doi"]) == (
        "Doe & van der Roe",
        "19604642",
        "10.5555/j.pain.2009.06.023",
    )
    assert (first["journal"], first["pages"], first["issue"]) == ("Made up pain", "304-311", "3")
    assert (second["registration"], second["year"]) == ("NCT01234567", "2020")


def test_proquest_numbers_are_not_those_of_pubmed(tmp_path):
    (row,) = read(tmp_path, "a.ris", PROQUEST)
    assert "pmid" not in row and row["doi"] == "10.5555/jts.22387"


@pytest.mark.parametrize("name", ["a.ciw", "a.txt"])
def test_web_of_science(tmp_path, name):
    (row,) = read(tmp_path, name, WOS)
    assert row["title"] == "Nothing for pain: a randomized trial over two lines"
    assert row["authors"] == "Doe, Jane; van der Roe, Rita; Şen, Özge; ESCAPE Study Grp"
    assert (row["volume"], row["issue"], row["pages"], row["pmid"]) == ("145", "3", "304-311", "19604642")
    (flag,) = row["n"].rows["flags"]
    assert (flag["flag"], flag["severity"]) == ("retracted", "exclude")


def test_endnote(tmp_path):
    (row,) = read(tmp_path, "a.enw", ENW)
    assert (row["authors_short"], row["pmid"], row["pages"]) == (
        "Doe & Made Up Study Group",
        "19604642",
        "304-311",
    )


def test_scopus(tmp_path):
    (row,) = read(tmp_path, "a.bib", SCOPUS)
    assert (row["authors_short"], row["title"]) == ("Doe & van der Roe", "Nothing for 50% of pain")
    assert (row["pages"], row["pmid"]) == ("304-311", "19604642")


def test_biblatex_with_tex_groups_and_strings(tmp_path):
    (row,) = read(tmp_path, "a.bib", BIBLATEX)
    assert row["authors"] == "Đorđević, Ana; ESCAPE Study Group; Gür, Ş.; et al."
    assert (row["study_id"], row["authors_short"]) == ("Dordevic2021", "Đorđević et al.")
    assert row["title"] == "Ketamine & CO2: nothing: a trial"
    assert (row["journal"], row["pmid"], row["pages"]) == ("Pain", "31234567", "12-19")


def test_a_bad_record_among_many_is_left_out_and_said(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text("@article{a, title={One}, year=2020}\n@article{b, year=2020}\n", encoding="utf-8")
    record = read_study(path)
    assert record.rows["studies"][0]["title"] == "One"
    assert any("left out: a.bib: record 2 has no title" in note for note in record.notes)


def test_strings_that_double_without_end_are_refused(tmp_path):
    lines = ['@string{a0 = "xxxxxxxxxxxxxxxxxxxx"}']
    lines += [f"@string{{a{n + 1} = a{n} # a{n}}}" for n in range(60)]
    (tmp_path / "a.bib").write_text("\n".join([*lines, "@article{x, title = a60, year = 2020}"]))
    with pytest.raises(DeskError, match="line 10 unfolds beyond measure"):
        read_records(tmp_path / "a.bib")


@pytest.mark.parametrize(
    ("text", "family", "given", "group"),
    [
        ("van der Berg P.", "van der Berg", "P.", False),
        ("O'Neil-Doe A.B.", "O'Neil-Doe", "A.B.", False),
        ("Müller K.-H.", "Müller", "K.-H.", False),
        ("Doe JA Jr", "Doe", "JA Jr", False),
        ("Doe, J., Jr.", "Doe", "J., Jr.", False),
        ("Doe, Jr., John", "Doe", "John, Jr.", False),
        ("Berg, P. van der", "van der Berg", "P.", False),
        ("Jan van der Berg", "van der Berg", "Jan", False),
        ("de la Cruz, María del Carmen", "de la Cruz", "María del Carmen", False),
        ("Şen, Ö", "Şen", "Ö", False),
        ("Þór J", "Þór", "J", False),
        ("World Health Organization", "World Health Organization", "", True),
        ("Made Up Study Group,", "Made Up Study Group", "", True),
        ("Aristotle", "Aristotle", "", False),
    ],
)
def test_names(text, family, given, group):
    name = read_name(text)
    assert (name.family, name.given, name.group) == (family, given, group)


@pytest.mark.parametrize(
    ("family", "key"),
    [
        ("Łukasz", "Lukasz"),
        ("Đorđević", "Dordevic"),
        ("Ærø", "Aero"),
        ("Þór", "Thor"),
        ("Işık", "Isik"),
        ("Ødegård", "Odegard"),
        ("van 't Hoff", "VanTHoff"),
        ("Иванов", "Ivanov"),
        ("王", "Wang"),
        ("ß", "Ss"),
    ],
)
def test_a_key_is_in_plain_letters(family, key):
    assert plain_key(family) == key


def test_authors_that_go_on_say_so():
    assert read_names(["Doe J", "et al."]).short == "Doe et al."
    assert str(read_names(["Doe J", "and others"])) == "Doe, J; et al."


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.5555/abc.1.", "10.5555/abc.1"),
        ("doi:10.5555/abc(2009)1)", "10.5555/abc(2009)1"),
        ("<https://doi.org/10.5555/abc>", "10.5555/abc"),
        ("https://doi.org/10.5555/%28SICI%2912%3A3%3C1%3A%3AAID%3E2.0", "10.5555/(SICI)12:3<1::AID>2.0"),
        (
            "10.5555/(SICI)1097-0258(19980815/30)17:15/16&lt;S5::AID-SIM968&gt;3.0.CO;2-2",
            "10.5555/(SICI)1097-0258(19980815/30)17:15/16<S5::AID-SIM968>3.0.CO;2-2",
        ),
        ("no doi", ""),
    ],
)
def test_a_doi_is_taken_whole(text, doi):
    assert doi_of([text]) == doi


def test_tex_becomes_letters():
    assert from_tex(r"Pain{\textregistered} \& {\ss}, \'{\i}, $\alpha$ -- ``q''") == "Pain® & ß, í, α – “q”"


def test_a_notice_of_a_retraction_is_said(tmp_path):
    (tmp_path / "a.ris").write_text(
        "TY  - JOUR\nAU  - Doe J\nTI  - Retraction notice to: a trial of nothing\nPY  - 2020\nER  - \n"
    )
    assert any("notice about another article" in note for note in read_study(tmp_path / "a.ris").notes)


def test_a_bibtex_entry_that_does_not_end_costs_itself_alone(tmp_path):
    entry = (
        "@article{{{0}1,\n author={{{0}, J.}},\n title={{A trial {0} of nothing}},\n year={{2020}}{1}\n}}\n"
    )
    (tmp_path / "a.bib").write_text(
        entry.format("Doe", "") + entry.format("Roe", ",\n note={odd {brace}") + entry.format("Poe", "")
    )
    first, second = read_records(tmp_path / "a.bib")
    assert (first.rows["studies"][0]["study_id"], second.rows["studies"][0]["study_id"]) == (
        "Doe2020",
        "Poe2020",
    )
    assert [note for note in first.notes if "left out" in note and "entry on line 6 does not end" in note]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\t"])
def test_a_field_of_scopus_with_a_space_in_its_name_hides_no_other(tmp_path, space):
    (tmp_path / "a.bib").write_text(
        "@ARTICLE{Doe2020,\nauthor={Doe, J.},\ntitle={A trial of nothing},\nyear={2020},\n"
        f"funding_text{space}1={{Nobody paid}},\npubmed_id={{12345678}},\n}}\n",
        encoding="utf-8",
    )
    record = read_study(tmp_path / "a.bib")
    assert record.rows["studies"][0]["pmid"] == "12345678"
    assert not record.notes


def test_a_bibtex_key_with_a_space_is_read(tmp_path):
    (tmp_path / "a.bib").write_text(
        "@ARTICLE{De Doe2020,\nauthor={De Doe, J.},\ntitle={A trial of nothing},\nyear={2020},\n}\n"
    )
    assert read_study(tmp_path / "a.bib").rows["studies"][0]["title"] == "A trial of nothing"


@pytest.mark.parametrize(
    ("text", "year"),
    [("Start date: 20201231", "2020"), ("20209931", ""), ("120201231", ""), ("2020-12", "2020")],
)
def test_a_year_is_taken_from_a_date_of_eight_digits(text, year):
    assert year_of(text) == year


def test_a_mistake_in_a_bibtex_entry_that_hides_fields_is_said(tmp_path):
    (tmp_path / "a.bib").write_text(
        "@article{Doe2020,\nauthor={Doe, J.},\ntitle={A trial of nothing},\nyear={2020},\n"
        "odd name={text},\npmid={12345678},\n}\n"
    )
    record = read_study(tmp_path / "a.bib")
    assert "pmid" not in record.rows["studies"][0]
    assert any("read only as far as line 5" in note for note in record.notes)


def test_a_ris_record_that_does_not_end_costs_itself_alone(tmp_path):
    record = "TY  - JOUR\nAU  - {0}, J.\nTI  - A trial {0} of nothing\nPY  - 2020\n"
    (tmp_path / "a.ris").write_text(
        record.format("Doe") + "ER  - \n" + record.format("Roe") + record.format("Poe") + "ER  - \n"
    )
    first, second = read_records(tmp_path / "a.ris")
    assert (first.rows["studies"][0]["year"], second.rows["studies"][0]["study_id"]) == ("2020", "Poe2020")
    assert any("left out" in note and "record on line 6 does not end" in note for note in first.notes)


@pytest.mark.parametrize(
    ("title", "flag"),
    [
        ("RETRACTED: Ketamine in CRPS", "retracted"),
        ("[Retracted] Ketamine in CRPS", "retracted"),
        ("Ketamine in CRPS (Retracted article. See vol. 5, pg 7, 2010)", "retracted"),
        ("Ketamine in CRPS (Retracted Article)", "retracted"),
        ("Ketamine in CRPS (Publication with Expression of Concern. See vol. 5)", "expression_of_concern"),
        ("Why patients withdrew (withdrawn early) from ketamine", ""),
        ("Ketamine in people withdrawn from opioids", ""),
    ],
)
def test_a_title_that_says_that_it_was_retracted_is_flagged(tmp_path, title, flag):
    (record,) = read(tmp_path, "a.ris", f"TY  - JOUR\nAU  - Roe, R\nTI  - {title}\nPY  - 2001\nER  - \n")
    assert [row["flag"] for row in record["n"].rows.get("flags", [])] == ([flag] if flag else [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.bib", "@article{d, title={D}, author={Müller, Jörg; {van der Berg}, P.; Pain Group}, year=2001}"),
        (
            "a.ris",
            "TY  - JOUR\nAU  - Müller, Jörg; van der Berg, P.; {Pain Group}\nTI  - D\nPY  - 2001\nER  - \n",
        ),
    ],
)
def test_authors_with_semicolons_between_them_are_taken_apart(tmp_path, name, content):
    (record,) = read(tmp_path, name, content)
    assert record["authors"] == "Müller, Jörg; van der Berg, P.; Pain Group"


def test_brackets_inside_a_translated_title_stay(tmp_path):
    text = "TY  - JOUR\nAU  - Roe, R\nTI  - [Ketamine [S(+)] in CRPS].\nPY  - 2001\nER  - \n"
    (record,) = read(tmp_path, "a.ris", text)
    assert record["title"] == "Ketamine [S(+)] in CRPS" and record["notes"].startswith("Title translated")
