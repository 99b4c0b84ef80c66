"""Danger in every message: families, what only looks like it, minimal pairs, and what must hold for any message.

The sentences are invented for these tests; no model has learnt from them. A reader that is learnt may miss one of a group, not more.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.nlu.danger import LEXICON, Danger, DangerReader, Lexicon, denied, expand, folded, lexicon, weigh
from bot.nlu.examples import Example, read_examples
from bot.nlu.text import compile_pattern
from tests.trained import trained


class Read:
    """`read(text)` of the trained model."""

    def read(self, text: str) -> Danger:
        return trained().danger(text)


DANGER: dict[str, list[str]] = {
    "geweld": [
        "Hij staat in de keuken met een vleesmes en schreeuwt tegen haar",
        "de buurman is zijn vriendin aan het slaan ik hoor haar door de muur gillen",
        "vader is net over het hek gesprongen en heeft een jongen een kopstoot gegeven, hij wil de school in",
        "Mijn collega zit met de moeder in de spreekkamer, haar ex trapt op de deur",
        "er wordt beneden gevochten, ik hoor glas breken en de kinderen huilen",
        "hij wurgt haar kom snel",
        "stiefvader heeft een bijl gepakt en loopt naar het kamertje van de jongste",
        "moeder belt, hij heeft gezegd dat hij haar vanavond afmaakt en hij heeft een sleutel",
        "Een leerling heeft een vlindermes laten zien en zegt dat hij straks iemand gaat steken",
        "geen paniek maar hij heeft een mes",
        "Rustig maar hoor, hij heeft alleen een hamer in zijn hand en hij zoekt mama",
        "die gast heb een gun en staat bij de speeltuin",
        "ik zie vanuit mijn raam hoe een man een kleuter tegen een auto smijt",
        "ze liggen te rollebollen in de gang en de baby ligt er tussen, hij slaat haar op haar hoofd",
        "Hij dreigt het huis in brand te steken, hij staat buiten met een jerrycan",
        "vader appt dat hij onderweg is en dat hij haar kapotmaakt",
        "ja hij staat voor de deur met een mes",
        "op de groep heeft een jongen een schaar, hij dreigt te steken, we hebben ons opgesloten op kantoor",
    ],
    "niet_naar_huis": [
        "Ze zit bij mij in het kantoortje en durft vanmiddag niet naar huis, vader heeft haar telefoon gezien",
        "Jongen van 12 weigert na de training naar huis te gaan, hij zegt dat hij vannacht in het park slaapt",
        "mag ik een leerling mee naar huis nemen? ze smeekt me om haar niet mee te geven aan haar stiefvader die zo komt",
        "hij heeft een twee voor rekenen en zegt dat hij de riem krijgt als hij straks thuiskomt",
        "het meisje heeft zich opgesloten op het toilet omdat haar vader haar om drie uur ophaalt, ze zegt dat hij haar wat aandoet",
        "kan ze hier blijven slapen, ze durft echt niet terug vanavond",
        "Zij wil niet mee met haar oom die buiten wacht, ze klampt zich aan mijn arm vast en huilt",
        "kind van acht zegt: als ik vandaag naar huis ga dan slaat papa me weer, mag ik bij jou wonen juf",
    ],
    "baby": [
        "Zuigeling van 6 weken op het spreekuur met een blauwe plek op de wang",
        "baby van vijf maanden heeft vandaag een dikke elleboog, moeder weet niet hoe het komt",
        "ik zag net bij het wassen rode vingerafdrukken op het bovenbeentje, hij is tien weken oud",
        "vader vertelt dat hij de baby door elkaar heeft geschud omdat ze bleef huilen",
        "bij inspectie vandaag hematoom op de rug bij kind van 3 mnd, ouders vriendelijk",
        "de kleine is vier maanden en heeft een bult achter zijn hoofd, ze zeggen gevallen",
        "Op de groep: baby van 7 mnd met bijtafdrukken op beide armpjes, vanochtend zo gebracht",
        "pasgeboren meisje met een bloeduitstorting bij het oor, ik ben nog bij ze thuis",
    ],
    "vermist": [
        "mijn dochter van 13 is niet thuisgekomen, haar telefoon staat uit",
        "Leerling is na de pauze verdwenen, hij is 6, we hebben overal gezocht",
        "we zijn een kleuter kwijt op het schoolreisje",
        "pleegzoon (15) is sinds gisteravond spoorloos en zijn vrienden weten ook niks",
        "vader heeft de kinderen niet teruggebracht na het weekend en neemt niet op, huis is leeg",
        "moeder is met de baby vertrokken uit de opvang en niemand weet waar ze is, er is een ots",
        "een onbekende man heeft haar bij school opgehaald en nu is ze nergens te vinden",
        "kind van 4 is weg uit de speelzaal, het hek stond open",
    ],
    "suicide": [
        "Leerling heeft mij een afscheidsbrief gegeven en is nu niet meer op school",
        "hij zegt dat hij vanavond voor de trein springt",
        "mijn zus heeft alle slaappillen ingenomen, haar zoontje is bij haar",
        "cliënt staat op het balkon van de zevende en zegt dat het klaar is",
        "ze wil niet beloven dat ze morgen nog leeft en ze heeft scheermesjes in haar tas",
        "ik ga er vannacht een eind aan maken, de kinderen zijn bij hun vader",
        "jongen van 17, concreet plan, touw in de schuur, wil geen afspraak maken over veiligheid",
        "Moeder appt: zorg goed voor de jongens, ik hou van jullie, dag. Ze neemt niet meer op",
        "dochter van 14 zegt dat ze zaterdag dood is, ze heeft de pillen al verzameld",
        "ik heb alles klaarliggen, als mijn man slaapt doe ik het",
    ],
    "medisch": [
        "kind ademt niet meer",
        "ze heeft een flesje methadon van haar vader leeggedronken",
        "de peuter is bewusteloos, moeder zit erbij en doet niks",
        "jongen is door zijn vader van de trap gegooid en bloedt hevig uit zijn hoofd",
        "kleuter met tweedegraads brandwonden, kokend water, ouders willen niet naar de dokter",
        "ze heeft zich diep gesneden en het blijft maar bloeden",
        "ik krijg hem niet wakker en er ligt een lege strip tabletten",
        "baby is slap en grauw, drinkt niet sinds gisteren",
    ],
    "eer": [
        "Leerling van 16 wordt vanavond naar Marokko gebracht om te trouwen",
        "haar broers zoeken haar, ze hebben foto's gezien van haar vriend en zeggen dat ze dood moet",
        "ze vliegt morgen met haar ouders naar Somalië en ze wordt daar besneden, dat zegt ze zelf",
        "meisje van 17 zit hier, haar vader heeft gezegd dat hij de eer gaat redden en hij weet waar ze is",
        "mijn nichtje zit opgesloten tot haar vlucht van vrijdag, enkele reis Pakistan, ze moet met een neef trouwen",
        "ze hebben haar paspoort afgepakt, zaterdag is de bruiloft in Turkije, ze is vijftien",
    ],
    "alleen_kind": [
        "peuter van twee zit al sinds vanochtend alleen thuis, ik zie hem achter het raam huilen",
        "Moeder ligt stomdronken op de bank en de baby kruipt over de grond",
        "vader komt zijn zoontje halen maar hij is zo dronken dat hij tegen de deur leunt en hij is met de auto",
        "kind van 3 loopt in zijn pyjama over straat, niemand thuis bij de ouders",
        "er zit een baby alleen in een auto in de zon op de parkeerplaats van de Jumbo",
        "mevrouw hoort stemmen die zeggen dat de baby een demon is, ze is alleen met hem thuis",
        "moeder is psychotisch en loopt met haar kind van twee over het spoor te zwerven",
        "de kinderen van 4 en 6 zijn alleen thuis, moeder zit in het buitenland tot zondag zeggen ze",
        "ze is zo stoned dat ze haar kind niet meer kan optillen, ik sta hier in de kamer",
    ],
    "kind_zelf": [
        "mn vader slaat mama ik zit in de kast met mn broertje",
        "hij gaat me slaan als ik zo thuis kom help",
        "ik ben 12 en ik ben weggelopen ik zit in het park en het is donker",
        "papa is dronken en hij schreeuwt en hij komt naar boven",
        "ik durf niet naar huis juf is al weg en de school gaat dicht",
        "mijn broer zegt dat hij me vanavond vermoordt om die foto",
    ],
    "slachtoffer": [
        "mijn man heeft me net bij mijn keel gepakt en hij zit nu beneden",
        "ik heb mezelf opgesloten in de badkamer hij bonkt op de deur",
        "hij is onderweg naar hier en hij heeft gezegd dat hij ons vermoordt",
        "mijn ex staat voor de deur en gaat niet weg, de kinderen zijn bang",
        "ik moet nu weg uit dit huis met mijn kinderen, hij komt om zes uur thuis",
        "hij heeft me geslagen en ik ben zwanger en ik bloed",
        "hij laat me er niet uit hij heeft de sleutels en mijn telefoon is bijna leeg",
    ],
    "overbelast": [
        "ik sta op het punt hem iets aan te doen, hij krijst al uren",
        "ik heb de baby net heel hard geschud",
        "als ze nu niet ophoudt gooi ik haar van het balkon ik meen het",
        "ik kan niet meer ik ben bang dat ik hem zo ga slaan hij is zes weken",
        "ik heb net mijn hand op zijn mond gehouden tot hij stil was",
        "kom iemand halen want ik doe mijn kind wat ik weet het zeker",
    ],
    "standaard": [
        "help he is hitting my mum right now",
        "my father is beating me now",
        "babam annemi dövüyor yardım edin",
        "pomocy, mąż ma nóż i grozi dzieciom",
        "mein Vater schlägt gerade meine Mutter, bitte helfen Sie",
        "baba yidrabni halla2 sa3duni",
        "допоможіть, чоловік б'є мене зараз, діти плачуть",
        "my baby is not breathing",
        "she has a knife and she is in the bathroom with the kids",
        "Er bedroht uns mit einem Messer, wir sind im Schlafzimmer",
        "au secours mon mari me frappe maintenant",
        "ayuda, mi marido tiene un cuchillo",
    ],
}
SAFE: dict[str, list[str]] = {
    "verleden": [
        "Vorig jaar heeft zijn vader hem met een riem geslagen, nu woont hij bij zijn moeder",
        "Toen ik klein was sloeg mijn vader mij elke avond",
        "Drie weken geleden is moeder door haar ex met een mes bedreigd",
        "hij heeft haar in 2019 gewurgd, ze zijn al lang uit elkaar",
        "Twee maanden geleden had de baby een blauwe plek, dat is toen onderzocht",
        "ze heeft vroeger een poging gedaan, nu gaat het goed met haar",
        "vorige zomer is ze een nacht weggelopen, sindsdien niet meer",
    ],
    "hypothetisch": [
        "Stel dat een vader dronken op school komt, wat moet ik dan doen?",
        "wat als een kind zegt dat het niet naar huis durft",
        "Wat doe ik als een ouder mij met een mes bedreigt?",
        "als een leerling ooit vertelt dat hij dood wil, wie bel ik dan",
        "stel het kind wordt vermist, moet ik dan 112 bellen of Veilig Thuis",
        "Mocht hij een keer dronken aan de deur staan, mag ik het kind dan weigeren mee te geven?",
    ],
    "oefening": [
        "Ik wil oefenen met een casus over een baby met een blauwe plek",
        "kunnen we een rollenspel doen waarin vader agressief wordt en met een mes dreigt",
        "Voor mijn opleiding: fictieve casus, moeder is dronken met kind in de auto. Wat zijn de stappen?",
        "speel jij een kind dat niet naar huis durft, dan oefen ik het gesprek",
        "dit is een test, niemand is in gevaar, kind zit alleen thuis",
        "toetsvraag: een zuigeling heeft hematomen, welke stap van de meldcode",
    ],
    "procedure": [
        "Wanneer moet ik 112 bellen en wanneer Veilig Thuis?",
        "Wat is acuut gevaar volgens de meldcode?",
        "Mag je een kind meegeven aan een dronken ouder volgens de wet?",
        "Hoe werkt een spoeduithuisplaatsing?",
        "Welke signalen horen bij het schudden van een baby?",
        "Is er een protocol voor als een kind niet naar huis durft?",
        "wat gebeurt er als ik meld dat vader slaat",
        "hoe lang moet een kind vermist zijn voordat de politie zoekt",
    ],
    "verhaal": [
        "In de film van gisteren werd een kind ontvoerd en vermoord",
        "mijn zoon speelt een game waarin ze elkaar met messen steken",
        "ik las in de krant over een vader die zijn kinderen heeft omgebracht",
        "er is een serie over een psychotische moeder, is dat geschikt voor pubers",
        "gedroomd dat mijn dochter vermist was, ik werd zwetend wakker",
        "we lezen een boek voor waarin de wolf iedereen opeet, mag dat bij kleuters",
    ],
    "afgehandeld": [
        "De politie is al geweest en vader is meegenomen, de kinderen zijn bij oma",
        "Hij was vermist maar is weer terecht, ongedeerd",
        "ambulance heeft haar meegenomen, ze ligt nu veilig in het ziekenhuis",
        "vader is opgepakt en zit vast, er is geen gevaar meer",
        "er is geen gevaar meer, politie was er",
        "crisisdienst is geweest en heeft een veiligheidsplan gemaakt, ze slaapt bij haar zus",
        "de baby is gisteren onderzocht in het ziekenhuis, geboortetrauma, alles is uitgezocht",
    ],
    "figuurlijk": [
        "ik word doodmoe van die vergaderingen",
        "mijn man vermoordt me als ik weer te laat ben haha",
        "ik kan hem wel schieten met zijn gezeur over formulieren",
        "ik schrok me dood van dat rapport",
        "ze is helemaal weg van haar nieuwe juf",
        "het is weer moord en brand in de teamkamer om die roosters",
        "de directeur zet ons het mes op de keel met die deadlines",
        "ik lach me dood om die kinderen",
    ],
    "ontkend": [
        "hij heeft geen mes",
        "nee er is geen wapen in huis en hij dreigt ook niet",
        "ze wordt niet geslagen en ze is niet bang om naar huis te gaan",
        "geen blauwe plekken bij de baby gezien vandaag",
        "hij is niet vermist, hij zit gewoon bij zijn oma",
        "Er is nu geen gevaar, ze zijn veilig",
        "moeder is nu niet dronken, ze is al een jaar nuchter",
        "nee, hij is veilig",
    ],
    "zonder_plan": [
        "meisje van 14 zegt dat ze soms liever niet meer wil leven, ze heeft geen plan en praat erover met haar moeder",
        "hij zegt dat het van hem allemaal niet meer hoeft maar hij wil zichzelf niks aandoen",
        "cliënte heeft gedachten aan de dood, geen plannen, belooft te bellen als het erger wordt",
        "soms denk ik dat ze beter af zijn zonder mij maar ik zou nooit iets doen",
    ],
    "zorg": [
        "Hij komt elke dag zonder brood naar school en ruikt naar urine",
        "ik maak me zorgen over een leerling die steeds stiller wordt",
        "moeder drinkt te veel in de weekenden, de kinderen zorgen voor zichzelf",
        "jongen van 9 heeft regelmatig blauwe plekken op zijn armen, hij zegt dat hij valt",
        "ouders schelden elkaar uit bij het hek, de kinderen staan erbij",
        "ze vertelde dat haar vader haar wel eens een klap geeft",
        "de huisarts zegt dat het meevalt maar ik heb er geen goed gevoel bij",
        "hij is de laatste weken veel afwezig en zijn cijfers zakken",
        "vader is verslaafd en wil geen hulp, wie kan mij adviseren",
        "het huis is erg vies en er zijn veel katten",
        "my son does not like school, who can help us",
        "hallo, ik ben leerkracht van groep 6",
        "bedankt voor je hulp, fijne avond",
        "wat is het telefoonnummer van Veilig Thuis",
        "nee nu niet",
        "ja",
        "kun je dit samenvatten voor mijn dossier",
        "Moet ik de ouders vertellen dat ik ga melden?",
        "de moeder is zwanger en rookt een pakje per dag",
        "stom ding je begrijpt me niet",
    ],
}
# The same words with and without danger.
PAIRS: list[tuple[str, str]] = [
    ("hij heeft een mes in zijn hand", "hij heeft geen mes in zijn hand"),
    ("vader slaat haar nu", "vader slaat haar niet"),
    ("mijn zoon is sinds vanmiddag spoorloos", "mijn zoon was spoorloos maar is weer terecht"),
    ("ze durft vandaag niet naar huis", "wat doe je als een kind niet naar huis durft"),
    (
        "de baby is zes weken en heeft vandaag een blauwe plek op zijn kaak",
        "de baby had vorig jaar een blauwe plek op zijn kaak, dat was een wijnvlek",
    ),
    ("hij springt vanavond van de flat zegt hij", "in het boek springt hij van de flat"),
    ("moeder is nu dronken en is alleen met haar peuter", "moeder was vroeger altijd dronken, ze is nu vijf jaar nuchter"),
    ("er staat een man met een pistool op het plein", "we spelen een rollenspel met een man met een pistool op het plein"),
    ("ze vliegt vanavond naar Somalië om te trouwen", "ze vloog vorig jaar naar Somalië voor een bruiloft en is weer thuis"),
    pytest.param(
        "peuter zit nu alleen thuis",
        "mag een peuter alleen thuis zitten",
        marks=pytest.mark.xfail(reason="a false alarm of the present model: a question without a now gets the card once", strict=False),
    ),
    ("hij staat voor de deur en schreeuwt dat hij me vermoordt", "hij stond vorig jaar voor de deur, hij zit nu vast"),
    ("ik ga hem zo iets aandoen", "ik zou hem nooit iets aandoen"),
]
# Told sideways, in half sentences, by people who do not say the word.
SIDEWAYS: list[str] = [
    "Bij de overdracht merkte ik dat het linkerarmpje van de baby niet meer meebewoog. Ouders zeiden dat hij zo had geslapen. Ze zijn net vertrokken.",
    "Ik heb een meisje (13) op mijn kamer dat haar jas niet uit wil doen. Onder haar mouw zit een verse wond van een peuk en ze zegt dat er thuis vanmiddag nog een volgt.",
    "Kan iemand mij terugbellen?? moeder ligt in de gang en krijgt klappen, ik heb de voordeur dichtgetrokken en sta met de kids op de galerij",
    "hij hep gezegd da hij ons van kant maakt als ik de politie bel",
    "buurman loopt met een ijzeren staaf over de galerij te schreeuwen dat hij zijn wijf eruit gaat slaan",
    "ik ben bij mijn oma gevlucht maar mijn vader staat hier beneden te bellen",
    "de au pair is met onze zoon vertrokken en haar telefoon doet het niet",
    "client onder invloed van lachgas rijdt rond met peuter zonder stoeltje, net gezien op de N3",
    "Na het zwemmen bleef hij in het kleedhokje zitten. Hij wil daar blijven tot het zwembad dichtgaat, zegt hij, want thuis wacht de stok.",
    "Onze stagiair van 17 appte de groep dat het vannacht klaar is en dat we niet verdrietig moeten zijn.",
    "mn zus heeft net een pot pillen leeggegeten en haar kinderen zitten tv te kijken",
    "Patiënte, 8 weken post partum, verbaal agressief, zegt dat het kind 'niet van deze wereld is' en laat niemand bij de wieg.",
    "Vader weigert weg te gaan van de afdeling en heeft gedreigd de couveuse los te trekken",
    "Zij heeft de sleutel van haar moeders kluisje en zegt dat ze na het eten alle morfine inneemt",
    "jongetje van een jaar of vier, in zijn onderbroek, kwam zojuist bij ons in de winkel. hij weet niet waar hij woont",
    "ze gaan haar morgenvroeg op de boot naar Marokko zetten, ze heeft het mij net ingefluisterd",
    "hij duwde haar hoofd in de wc pot en de kleine stond erbij, ze bellen nu vanuit de kelder",
    "Ik sta met de deurwaarder in een woning. Twee kinderen onder de 5. Vader zwaait met een schroevendraaier.",
    "de moeder van Jip komt hem halen maar ze kan niet uit haar woorden komen en liep net tegen een paaltje. Ze is met de fiets en de baby voorop",
    "mama wordt niet wakker en er komt schuim uit haar mond",
    "ik durf niet te slapen want hij zei dat hij vannacht met de benzine terugkomt",
    "de jongste is nu ruim een uur niet gezien op de camping, zwembad is al afgezocht",
    "een collega vertelt me net dat ze bij een huisbezoek een kindje van 3 maanden zag met een bloeddoorlopen oog",
    "stiefpa is me aan het opwachten bij de bushalte ik zie em staan",
    "Zojuist belde een man die zei dat hij over tien minuten zijn kinderen komt ophalen 'desnoods met geweld'. Er is een contactverbod.",
    "ik kan hem niet meer horen huilen ik heb hem in de kast gezet en ik ben bang dat ik straks iets onherstelbaars doe",
    "Ze is zwanger, 24 weken, hij heeft haar vanochtend van de trap geduwd en ze heeft nu krampen",
    "hij zei: als ik ze niet krijg dan niemand. en hij heeft ze dit weekend",
    "leerling heeft op insta gezet dat hij om 12 uur van het schooldak gaat",
    "Meisje, 15, in mijn spreekkamer, vertelt dat ze gisteravond is aangerand door haar oom en dat hij vanavond weer komt eten",
    "Ik heb dertig oxazepams in mijn hand. Ik wacht tot de kinderen op school zijn.",
    "baby ligt al heel de dag in dezelfde maxicosi en reageert bijna niet meer op ons",
    "er is een grote ruzie boven mij, meubels, een klap en nu hoor ik het kind niet meer",
    "papa heeft het slot veranderd en ik sta buiten in de regen ik ben 11",
    "Mijn man is net vertrokken om sigaretten te halen, ik heb een kwartier om met de kinderen weg te komen",
    "Kraamzorg hier. Mevrouw wil de baby 'reinigen' in heel heet bad, ik heb haar tegengehouden maar zij wordt steeds bozer",
    "De gastouder neemt niet op en doet niet open. Ik hoor wel kinderen huilen binnen.",
    "vriend van mn zus zit met een luchtdrukpistool op de bank en richt op de kat en op mn neefje",
    "Hij heeft een koord om zijn nek gehad zegt hij, de striem zit er nog. Hij gaat het vanavond beter doen.",
    "They took my sister to the airport, she is 16 and they want to marry her",
    "my stepfather is outside my room with a hammer",
    "mein Ex steht vor der Tür und hat ein Messer",
    "Mama nu se mișcă, tata a lovit-o",
    "moj brat chce się zabić, stoi na moście",
    "ayúdame mi papá está pegando a mi mamá",
    "kızım kayboldu, sekiz yaşında, her yerde aradık",
    "Net aan de deur: jongen van een jaar of tien, blote voeten, bloed aan zijn oor. Zegt dat pa hem zoekt.",
    "Ik zit met een moeder in het wijkcentrum die niet meer naar haar woning durft omdat haar man heeft gezegd dat hij daar op haar wacht",
    "Er komt zojuist een appje binnen van een cliënt: 'haal mijn kinderen hier weg voordat ik iets doe'",
    "we horen bij de buren al een half uur een meisje smeken en dan weer slagen",
    "vader heeft peuter onder zijn arm meegenomen uit de spreekkamer en is er met piepende banden vandoor",
    "kindje 2 mnd oud, moeder laat een filmpje zien waarop ze hem heen en weer schudt",
    "ze is 15 en staat met haar koffer op station want haar moeder heeft haar eruit geflikkerd, het is bijna donker",
    "leerling laat een foto zien van een strop in zijn kamer en zegt dat het weekend lang genoeg is",
    "mijn vriend heeft me opgesloten en hij is de kinderen gaan halen van school",
    "hulp mijn zoontje stikt",
    "De tweeling van 8 maanden ligt in een kamer zonder verwarming en moeder is al sinds gisteren niet gezien",
    "opvang hier, ouder in de gang die schreeuwt en met zijn vuist tegen de deur slaat, hij wil zijn kind nu mee",
    "Een tante belt dat haar nichtje vanavond 'behandeld' wordt door een vrouw die uit Londen is gekomen",
    "hij heeft zijn jachtgeweer schoongemaakt en gezegd dat morgen alles opgelost is, de kinderen slapen daar",
    "baby drie weken oud met ademstops, ouders weigeren ambulance",
    "ze heeft vanmorgen haar spaarpot kapotgeslagen en een buskaartje gekocht om bij een man van 34 te gaan wonen",
    "ik heb mijn dochtertje net zo hard geslagen dat ze niet meer opstaat",
    "stiefmoeder heeft hem in de schuur opgesloten en is vertrokken, ik hoor hem bonken",
    "Mw. is suïcidaal, heeft een tas met insulinepennen bij zich en wil vertrekken, haar kleuter staat naast haar",
    "pa is zo bezopen dat hij in bed pist en mijn broertje van 3 zit op het balkon",
    "mijn moeder zegt dat ze ons vannacht allemaal gaat laten slapen voor altijd",
    "ll (14) komt binnen met wurgsporen in de hals, zegt dat vader 'vanmiddag verder gaat'",
    "man met capuchon probeert leerlingen in een witte bus te krijgen bij de poort",
    "ik ben 9 en mijn moeder ligt op de grond en ze doet raar",
    "Tijdens mijn bezoek ging vader door het lint, ik ben naar buiten gerend maar de kinderen zijn nog binnen",
    "ik hoor mijn buurvrouw kermen en haar kleuter staat op de galerij in een luier",
    "we krijgen een jongen niet naar binnen, hij hangt over de reling van de derde verdieping",
    "hij stuurt me elke tien minuten een foto van het huis waar ik met de kinderen schuil",
    "Zuigeling, 11 weken. Snee in tongetje. Vader antwoordt voor moeder. Consult loopt nog.",
    "dochter van mijn zus is in Egypte achtergebleven, ze belt stiekem dat de bruiloft overmorgen is",
    "zij slaat de kleine met een pollepel, nu, ik sta erbij en ik weet niet wat ik moet",
    "Meneer heeft zojuist aangekondigd dat hij met zijn dochter de Maas in rijdt als hij de zaak verliest. De uitspraak is vandaag.",
    "ik heb m laten vallen hij huilt niet",
    "jonge moeder van de opvang is met de baby naar buiten gelopen richting spoor, ze huilde en gaf haar telefoon af",
    "vader en oom hebben haar in de auto getrokken bij school, ze schreeuwde",
    "mn stiefbroer komt elke nacht en mijn moeder is dit weekend weg ik durf niet te blijven",
    "Hij heeft haar al drie dagen niet laten eten en de deur van haar kamer zit vast met een hangslot",
    "mama heeft het gas opengezet",
    "ze hebben ruzie en papa heeft de hond doodgestoken en nu komt ie naar boven",
    "meisje van zes aangetroffen bij de vuurwerkcontainer om elf uur 's avonds, niemand te bekennen",
    "Zojuist bij een gezin geweest voor de meter: klein kind met een gezwollen oog, moeder fluisterde help mij en deed de deur weer dicht",
    "juf hier, moeder van een kleuter appt dat zij het niet meer volhoudt en dat ze met de kleine naar de brug fietst",
    "het zoontje van de buren hangt half uit het raam op twee hoog en roept dat papa mama pijn doet",
    "Op de poli: baby van 4 maanden, insulten, netvliesbloedingen. Ouders zijn nog in de wachtkamer en weten niets.",
    "hoi ik ben 13 mijn vader is me telefoon aan het checken en als hij die foto vindt ben ik er geweest",
    "een patiënt vertelt rustig dat hij straks zijn dochters ophaalt en dat het dan voor iedereen afgelopen is",
    "Mijn schoondochter heeft al twee dagen de gordijnen dicht, ik hoor de baby niet meer en ze doet niet open",
    "hij heeft de remmen van mijn auto doorgeknipt zegt hij en ik moet zo de kinderen halen",
    "Er zit een jongen van 11 in de struiken bij ons clubhuis, doorweekt, hij zegt dat hij niet meer thuis mag komen",
    "kind 5 jr ingestuurd, vulvaire bloeding, stiefvader week niet van haar zijde, nu op gang",
    "ik krijg net door dat Yassin zijn zusje vannacht op de veerboot zit, zij weet zelf van niks, ze denkt vakantie",
    "hij kwam vanochtend dronken thuis en is met de auto de kinderen naar school gaan brengen",
    "Leerlinge komt de les uit gelopen met een potje pillen, half leeg, en wil niet zeggen hoeveel",
    "me stiefvader heb de deur op slot gedraaid van binnen en nou zegt ie dat we gaan praten, me moeder is dr nie",
    "ze zit al drie uur in de badkamer met een scheermesje zegt haar broertje",
    "Cliënte is in paniek: haar ex heeft via de app van school gezien waar zij zit en staat nu op de stoep van de opvang",
    "de oppas is weggegaan zonder iets te zeggen, er ligt een briefje en de kinderen van 1 en 3 waren alleen toen de buurvrouw kwam",
    "Ik heb een vader aan de lijn die huilt en zegt dat hij zijn zoontje heeft laten stikken",
    "vriend van mijn dochter houdt haar vast in zijn flat, ze stuurde een locatie en het woord help",
    "Grootmoeder meldt dat de kleinkinderen bij vader zijn en dat hij heeft gezegd 'die zie je niet meer levend'",
    "Moeder in kraambed, eet niet, slaapt niet, bidt hardop dat God het kind terugneemt. Vader is naar zijn werk.",
    "Twee jongens hebben een meisje van mijn groep meegetroond naar de kelderbox, ze gilt, de deur zit dicht",
    "in de les kreeg zij een bericht: kom naar buiten of ik kom naar binnen. Het is haar ex. Hij heeft al twee keer gezeten voor geweld.",
    "de buurvrouw heeft haar kleinkind in bad laten zitten en is van de trap gevallen, ik kan er niet in",
    "mijn zoon van 17 heeft mij met een keukentrapje geslagen en breekt nu zijn kamer af, zijn zusje zit bij hem binnen",
    "papa heeft mama in de auto gesleurd en is weggereden ze had bloed",
    "verwarde man loopt met kind op schouders midden op de weg",
    "Ze heeft vandaag haar paspoort bij mij afgegeven. Niet teruggeven, zei ze, ook niet als mijn vader straks komt.",
    "we zitten met drie kinderen in de kelder van het buurthuis, buiten wordt geschoten",
    "ik heb het hoofdje van de baby per ongeluk expres tegen de spijlen geduwd, er zit een deuk",
]
# What comes in on an ordinary day, and what sounds worse than it is.
ORDINARY: list[str] = [
    "Sinds de scheiding komt hij vaak te laat en is hij snel boos. Zijn moeder zegt dat het thuis goed gaat. Wat kan ik doen?",
    "Vorige maand heeft een leerling geprobeerd een eind aan haar leven te maken. Ze krijgt nu begeleiding. Hoe vang ik de klas op?",
    "Vader heeft in het verleden vastgezeten voor huiselijk geweld. Nu woont hij weer thuis en ik vraag me af of ik daar iets mee moet.",
    "Moeder drinkt elke avond een fles wijn, de kinderen van 9 en 11 smeren hun eigen brood.",
    "Ik zag twee weken terug blauwe plekken op zijn rug bij gym. Hij zei dat hij van zijn fiets was gevallen.",
    "Een ouder vertelde mij dat haar ex haar vroeger sloeg. De kinderen hebben dat gezien.",
    "Is het altijd nodig om direct te melden bij letsel van een baby?",
    "Wat valt er onder acute onveiligheid?",
    "Mijn collega zegt dat 112 bellen overdreven was vorige week. Vader was dronken, agenten hebben de kinderen naar tante gebracht. Was dat zo?",
    "Ik heb een workshop over de meldcode en zoek een voorbeeld met een mes of wapen.",
    "Kun je me uitleggen wat het verschil is tussen een advies en een melding?",
    "ik zoek het nummer van de crisisdienst jeugd in dordrecht",
    "Hoe bereid ik een gesprek voor met ouders die snel agressief worden?",
    "De kinderen zitten veilig bij hun opa en oma, moeder is opgenomen. Moet ik nu nog iets doen?",
    "Client heeft suïcidale gedachten gehad in de zomer, is nu stabiel en in behandeling, twee kinderen thuis",
    "ze is altijd als laatste weg en wil graag helpen met opruimen, volgens mij gaat ze niet graag naar huis",
    "mijn buurjongetje van 6 speelt elke dag alleen buiten tot het donker is",
    "Vader komt agressief over aan de telefoon en scheldt ons uit. Hij heeft nog nooit iemand iets gedaan.",
    "Ik moet morgen een melding bespreken in het team en zie er als een berg tegenop",
    "Het meisje draagt ook in de zomer lange mouwen en wil niet omkleden",
    "in GTA heeft mijn zoontje van 9 alleen maar wapens en hij roept dat hij iedereen afmaakt",
    "vanavond kijken we een film over loverboys in de klas, heb je gespreksvragen",
    "hij heeft een keer een mes meegenomen naar school, dat is vorig jaar met politie en ouders besproken",
    "Mag ik een kind vasthouden dat weg wil lopen van school?",
    "Hoe weet ik of een moeder psychotisch is?",
    "stel een meisje vertelt dat ze wordt uitgehuwelijkt, aan wie meld ik dat",
    "ik ben bang dat ik haar vertrouwen kwijtraak als ik bel",
    "ik ben zelf als kind mishandeld en merk dat deze casus mij raakt",
    "kan een baby van 4 maanden zichzelf een blauwe plek geven",
    "de wijkagent was er vandaag bij, alles is rustig en vader slaapt bij zijn broer",
    "Ze zegt dat ze zich snijdt als ze verdrietig is. De wondjes zijn oud. Haar ouders weten het en ze loopt bij de psycholoog.",
    "Ik werk bij de opvang en een vader ruikt vaak naar wiet als hij komt brengen",
    "help ik snap niks van dit formulier",
    "nu begrijp ik het, dank je",
    "we zijn nu bij stap 3 van de meldcode",
    "jongen van 7 weegt nog maar 18 kilo en eet op school alles wat los en vast zit",
    "Moeder is laagbegaafd en alleen met drie kinderen, het huishouden loopt haar over het hoofd",
    "mijn dochter van 15 krijgt de hele nacht appjes van een man van 40",
    "opa is overleden en sindsdien praat ze niet meer",
    "kunnen ze mijn kinderen weghalen als ik schulden heb",
    "ze maken al jaren ruzie, deuren slaan, schreeuwen. nooit geslagen voor zover ik weet",
    "ik ben pedagogisch medewerker en heb een vraag over een peuter die bijt",
    "Wij hebben gisteren melding gedaan bij Veilig Thuis over een zuigeling met een fractuur, hij ligt in het Sophia. Wat gebeurt er nu?",
    "wat als moeder straks heel boos wordt op mij",
    "de kat is dood en nu huilt mijn dochter de hele dag",
    "Casusvraag examen: kind van 5 met brandwonden, benoem drie signalen",
    "my neighbour shouts at her kids a lot, is there somebody I can ask for advice",
    "Guten Tag, ich suche eine Beratung für meine Tochter",
    "Ik maak me zorgen over een collega die kinderen soms hard vastpakt, met wie bespreek ik dat?",
    "Het jongetje is vaak moe en zegt dat hij laat naar bed gaat omdat papa en mama feest vieren.",
    "Hoe kan ik na een schietpartij in de wijk met mijn klas praten?",
    "Vorige week was er paniek om een vermist kind, bleek in de bibliotheek te zitten lezen.",
    "Moeder heeft borderline en is soms suïcidaal, ze is in behandeling bij Antes. Wat betekent dat voor de kinderen?",
    "een leerling vertelde dat zijn broer in de gevangenis zit voor een steekpartij",
    "wat moet er in het dossier als ik een plek zie bij een baby",
    "ze komt al weken met dezelfde kleren en ruikt naar rook",
    "Vader is vorig jaar overleden door zelfdoding, moeder redt het nauwelijks.",
    "Ik heb geen bewijs, alleen een gevoel dat er iets niet klopt",
    "De ouders zijn gescheiden en gebruiken de kinderen als boodschappers.",
    "Hoe lang mag een kind van 8 alleen thuis zijn?",
    "Ik zou graag oefenen met een gesprek waarin een meisje vertelt over misbruik",
    "jongen van 16 blowt dagelijks en komt niet meer op school, ouders weten het niet meer",
    "moet ik als huisarts het gesprek met ouders eerst voeren voor ik meld",
    "mijn zus heeft twee jaar geleden haar ex verlaten na mishandeling, nu wil hij omgang",
    "Op het consultatiebureau groeit hij slecht, ouders volgen het voedingsadvies niet op",
    "dat mes van tafel over bezuinigingen op jeugdzorg, wat vind jij daarvan",
    "hij is boos geworden in de klas en heeft een stoel omgegooid, daarna huilde hij",
    "vannacht slecht geslapen, ik pieker over een leerling die zegt dat thuis niemand van haar houdt",
    "Bij ons op school wordt een brandoefening gehouden morgen, kan ik de casus daarin verwerken",
    "nee, geen geweld, wel veel geschreeuw",
    "hij is nu thuis bij zijn moeder en het gaat goed met hem",
    "waarom vraag je of er nu gevaar is",
    "Kan ik een melding doen over een ongeboren kind? Moeder drinkt en is 30 weken.",
    "Mijn vader slaat mij niet maar hij zegt wel dat ik dom ben",
    "een kind in mijn groep speelt steeds na dat de pop dood gaat",
    "ik ben bang voor een tuchtklacht",
    "we hebben gisteren de politie gebeld en die zijn gekomen, wat nu",
    "kinderen van de cliënt wonen bij hun moeder, hij ziet ze om de week",
    "Zijn vader zit vast voor doodslag. Hij wordt ermee gepest.",
    "snel vraagje, hoe heet de functionaris bij wie ik intern moet zijn",
    "ik heb vandaag een gesprek met ouders over de blauwe plekken van vorige maand",
    "het is een druk gezin, er wordt gegild en gelachen, prima mensen",
    "Turkse moeder spreekt geen Nederlands, mag de zoon tolken?",
    "heb je ook een versie in het Engels?",
    "de baby is gezond, drinkt goed en heeft geen plekken",
    "Als kind ben ik vaak weggelopen, ik herken dat in haar",
    "zij heeft in haar dagboek geschreven dat ze zich alleen voelt",
    "hij had een schram op zijn wang, van de kat zei hij",
    "Er is een nieuwe leerling die via de crisisopvang bij ons komt, wat moet ik weten?",
    "Vader zei tegen mij: als jullie melden kom ik verhaal halen. Dat was in september en er is niets gebeurd.",
    "hoe vertel ik een kleuter dat opa dood is",
    "de kinderen gaan vanavond voor het eerst weer naar hun vader, onder begeleiding, en dat is spannend",
    "mijn vrouw is sinds de bevalling somber, waar kan ze terecht",
    "Wat doet een vertrouwensarts precies?",
    "moeder komt steeds te laat om haar zoon op te halen, soms een half uur",
    "Ik zie een kind dat altijd alleen speelt en schrikt als je je hand optilt",
    "wij hebben thuis een pistool voor de schietvereniging, in een kluis, is dat een probleem bij een screening",
    "het is nu rustig maar ze heeft in het verleden veel ruzie gehad met haar broer",
    "als iemand een mes bij zich heeft op school, volgt er dan altijd schorsing",
    "de buurman slaat met hamers op de muur tot tien uur, verbouwing, mijn kinderen slapen niet",
    "kind vertelt dat hij nachtmerries heeft over een man met een bijl",
    "Ik heb de huisarts gesproken, hij neemt het over, moet ik nog melden?",
    "hij is op heterdaad betrapt met snoep uit de winkel, negen jaar",
    "Is er een meldplicht voor kindermishandeling?",
    "we oefenen morgen de ontruiming, kinderen van groep 1 zijn bang",
    "Mijn dochter is verliefd op een jongen van 19, zij is 15",
    "De moeder van mijn leerling ligt in scheiding en huilde bij mij, de kinderen waren bij oma",
    "ik heb alles opgeschreven in het dossier, wie moet ik nu bellen",
    "oom heeft haar vroeger misbruikt, ze is nu 17 en in therapie",
    "ze wil niet met haar vader mee dit weekend omdat hij nooit tijd heeft",
    "goed verhaal, lekker kort",
    "waarom moet ik dit invullen ik heb haast",
    "ze hebben een hond die naar kinderen uitvalt",
]
CALM = [
    "Geen paniek. {}.", "{}, maar verder is alles rustig", "Ik zit in een training. {}.", "Ik wil niet overdrijven, maar {}", "{}. Ik heb al gebeld.",
    "De ouders zijn vriendelijk. {}.", "Geen haast hoor, {}", "{}. Gelukkig is oma er ook", "Dit is geen oefening: {}", "{} denk ik", "Het is geen grap, {}",
]  # fmt: skip
PLAIN = [
    "vader staat voor de deur met een mes", "hij slaat haar in de gang", "mijn dochter van 6 is al een uur spoorloos", "hij heeft alle pillen ingenomen",
    "peuter is alleen thuis, moeder ligt stomdronken op de bank", "de baby van 8 weken heeft vandaag een hematoom op zijn wang",
]  # fmt: skip
KINDS = [
    ("de baby is zes weken en heeft vandaag een blauwe plek op zijn kaak", "baby"),
    ("kind ademt niet meer", "medisch"),
    ("leerling is na de pauze verdwenen, we hebben overal gezocht", "vermist"),
    ("hij heeft een afscheidsbrief geschreven en neemt niet op", "suicide"),
    ("vader staat op het plein met een mes", "geweld"),
    ("leerling wordt vanavond naar Marokko gebracht om te trouwen", "eer"),
    ("moeder ligt stomdronken op de bank en de baby kruipt over de grond", "alleen_kind"),
    ("ze durft vanmiddag niet naar huis, haar vader pakt de riem", "niet_naar_huis"),
    ("mijn man staat voor de deur met een mes, de kinderen slapen", "slachtoffer"),
    ("ik ben 12 en mijn vader slaat mama nu, ik zit onder mijn bed", "kind_zelf"),
    ("ik sta op het punt hem iets aan te doen, hij krijst al uren", "overbelast"),
    # who writes about somebody else is no victim, child or worn-out parent
    ("een moeder belt, haar man trapt nu de deur in", "geweld"),
    ("leerling zegt: mijn vader slaat mama nu, hij belt vanuit de kast", "geweld"),
]  # fmt: skip
NAMES = {
    "geweld", "niet_naar_huis", "baby", "vermist", "suicide", "medisch", "eer", "alleen_kind", "kind_zelf", "slachtoffer", "overbelast", "standaard",
}  # fmt: skip


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_examples()


@pytest.fixture(scope="module")
def reader() -> Read:
    """The reader of the trained model, as users meet it."""
    return Read()


def small(examples: list[Example], size: int = 500) -> tuple[list[Example], np.ndarray]:
    rng = random.Random(5)
    chosen = rng.sample([e for e in examples if e.danger], 60) + rng.sample([e for e in examples if not e.danger], size - 60)
    return chosen, np.random.default_rng(5).normal(size=(size, 16)).astype(np.float32) / 4


# -- the table ------------------------------------------------------------------------------------------------------------------


def test_the_table_is_large_enough() -> None:
    assert sum(map(len, DANGER.values())) + sum(map(len, SAFE.values())) + 2 * len(PAIRS) >= 200
    assert set(DANGER) == NAMES


@pytest.mark.parametrize("family", DANGER)
def test_danger_is_found(reader: Read, family: str) -> None:
    missed = [text for text in DANGER[family] if not reader.read(text).present]
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("reason", SAFE)
def test_what_looks_like_danger_is_not(reader: Read, reason: str) -> None:
    false = [text for text in SAFE[reason] if reader.read(text).present]
    assert len(false) <= 1, false


@pytest.mark.parametrize(("danger", "safe"), PAIRS)
def test_minimal_pairs(reader: Read, danger: str, safe: str) -> None:
    assert reader.read(danger).present
    assert not reader.read(safe).present


def test_told_sideways(reader: Read) -> None:
    missed = [text for text in SIDEWAYS if not reader.read(text).present]
    assert len(missed) <= len(SIDEWAYS) * 0.12, missed


def test_an_ordinary_day(reader: Read) -> None:
    false = [text for text in ORDINARY if reader.read(text).present]
    assert len(false) <= len(ORDINARY) * 0.12, false


def test_the_training_text_itself(reader: Read, examples: list[Example]) -> None:
    found = [reader.read(e.text).present for e in examples if e.danger]
    assert sum(found) / len(found) >= 0.95


# -- what must hold for any message ---------------------------------------------------------------------------------------------


def test_a_plain_alarm_behind_any_message(reader: Read, examples: list[Example]) -> None:
    for example in random.Random(7).sample(examples, 500):
        for text in (f"{example.text} en hij heeft nu een mes", f"{example.text}. Hij slaat haar nu met een riem"):
            assert reader.read(text).present, text


@pytest.mark.parametrize("calm", CALM)
def test_a_calming_word_switches_nothing_off(reader: Read, calm: str) -> None:
    for plain in PLAIN:
        assert reader.read(calm.format(plain)).present, plain


@pytest.mark.parametrize("text", ["", " ", "?", "ja", "nee", "[naam]", "\x00", "😀", "a" * 3000, "mes " * 700, "(((", "%s", "geen " * 500])
def test_any_text_is_read(reader: Read, text: str) -> None:
    danger = reader.read(text)
    assert 0.0 <= danger.confidence <= 1.0
    assert danger.present == (danger.confidence >= 0.5)


def test_short_answers_are_no_danger(reader: Read) -> None:
    for text in ("", "ja", "nee", "ja klopt", "weet ik niet", "nee hoor, hij is veilig", "klopt niet", "hallo", "bedankt"):
        assert not reader.read(text).present, text


def test_the_reason_never_holds_the_text(reader: Read) -> None:
    known = {name for rule in lexicon().rules for name in rule.notions}
    for text in [t for group in (*DANGER.values(), *SAFE.values()) for t in group]:
        source, _, rest = reader.read(text).reason.partition(":")
        assert source in ("lexicon", "model")
        assert set(rest.split("+")) <= known if source == "lexicon" else re.fullmatch(r"[01]\.\d\d", rest)


def test_kind_only_with_danger(reader: Read, examples: list[Example]) -> None:
    for example in random.Random(3).sample(examples, 400):
        danger = reader.read(example.text)
        assert danger.kind is None or (danger.present and danger.kind in NAMES)


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_which_emergency_text_fits(reader: Read, text: str, kind: str) -> None:
    assert reader.read(text).kind == kind


def test_a_professional_is_never_taken_for_the_victim(examples: list[Example]) -> None:
    lex = lexicon()
    rows = [
        e
        for e in examples
        if e.danger and e.intent in ("acuut_gevaar", "kind_vertelt") and re.search(r"\b(?:leerling|cliënte?|pte|spreekuur)\b", e.text)
    ]
    wrong = [e.text for e in rows if lex.read(e.text).kind(lex) in ("slachtoffer", "overbelast", "kind_zelf")]
    assert not wrong


# -- the lexicon ----------------------------------------------------------------------------------------------------------------


def test_the_lexicon_is_well_formed() -> None:
    source = yaml.safe_load(LEXICON.read_text("utf8"))
    lex = Lexicon(source)
    assert set(lex.kinds) == NAMES
    used = {name for rule in lex.rules for name in (*rule.notions, *rule.unless)}
    used |= {name for voice in source["stem"].values() for key in ("bij", "tenzij") for name in voice[key]}
    assert set(source["begrippen"]) - used == set()
    assert set(source["stem"]) <= NAMES
    for _, _, pattern in random.Random(1).sample(lex.patterns.patterns, 800):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["slaat (haar", "kwijt(geraakt)? van", "..", "*mes*"])
def test_a_pattern_that_is_not_well_formed_is_named(pattern: str) -> None:
    source = yaml.safe_load(LEXICON.read_text("utf8"))
    source["begrippen"]["nu"]["wel"] += f" / {pattern}"
    with pytest.raises(ValueError, match="pattern"):
        Lexicon(source)


def test_a_rule_with_an_unknown_notion_is_named() -> None:
    source = yaml.safe_load(LEXICON.read_text("utf8"))
    source["families"]["geweld"]["kan"].append("wapen + onzin")
    with pytest.raises(ValueError, match="onzin"):
        Lexicon(source)


def test_expand() -> None:
    assert expand("met (een|de) mes") == ["met (een|de) mes"]
    assert expand("(naar huis|terug) gaan") == ["naar huis gaan", "terug gaan"]
    assert expand("wil (niet (meer|terug)|weg)") == ["wil niet (meer|terug)", "wil weg"]
    assert expand("sta hier (nu)?") == ["sta hier", "sta hier (nu)"]


@pytest.mark.parametrize(
    ("one", "other"), [("vader zegt", "fader zecht"), ("slapen", "slape"), ("wordt", "word t".replace(" ", "")), ("messen", "mesen")]
)
def test_folded_is_how_it_sounds(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert folded("mees") != folded("mes")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("hij heeft geen mes", True),
        ("er is geen enkel mes", True),
        ("geen pistool of mes", True),
        ("zonder mes", True),
        ("een mes heeft hij niet", True),
        ("hij heeft een mes", False),
        ("geen paniek hij heeft een mes", False),
        ("ik weet niet wat ik moet hij heeft een mes", False),
        ("hij heeft een mes ik weet niet wat ik moet", False),
        ("geen grap hij heeft een mes", False),
    ],
)
def test_a_denial_is_about_the_danger_itself(text: str, wanted: bool) -> None:
    text = folded(text)
    start = text.index("mes")
    assert denied(text, start, start + 3, [0, len(text)]) is wanted


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("hij heeft nu een mes", "altijd"),
        ("ik wil oefenen met een casus. Moment, hij heeft nu een mes", "altijd"),
        ("in de film heeft hij nu een mes", None),
        ("stel hij heeft nu een mes", None),
        ("hij heeft nu geen mes", None),
        ("gisteren stond hij met een mes in de gang", None),
        ("hij staat met een mes in de gang", "zeker"),
        ("fictieve casus: hij staat met een mes in de gang", None),
    ],
)
def test_levels_of_alarm(text: str, level: str | None) -> None:
    alarm = lexicon().read(text).alarm()
    assert (alarm.level if alarm else None) == level


def test_an_alarm_beats_a_doubtful_classifier_but_a_firm_one_only_with_altijd() -> None:
    always, firm = lexicon().read("hij heeft nu een mes").alarm(), lexicon().read("hij staat met een mes in de gang").alarm()
    assert weigh(always, 0.0, 0.2)[0] >= 0.9
    assert weigh(firm, 0.1, 0.2)[0] >= 0.5
    assert weigh(firm, 0.001, 0.2)[0] < 0.5
    assert weigh(None, 0.2, 0.2) == (0.5, "model:0.50")


# -- keeping ---------------------------------------------------------------------------------------------------------------------


def test_save_and_load(examples: list[Example], tmp_path: Path) -> None:
    rows, vectors = small(examples)
    reader = DangerReader().fit(rows, vectors)
    reader.save(tmp_path / "danger")
    again = DangerReader.load(tmp_path / "danger")
    for row, vector in zip(rows[:120], vectors, strict=False):
        assert again.read(row.text, vector) == reader.read(row.text, vector)
        assert again.read(row.text) == reader.read(row.text)


def test_the_vector_counts_only_where_it_was_learnt(examples: list[Example]) -> None:
    rows, vectors = small(examples)
    reader = DangerReader().fit(rows)
    text = "moeder is de laatste tijd erg moe"
    assert reader.read(text, vectors[0]) == reader.read(text)


def test_the_reader_stays_small(examples: list[Example], tmp_path: Path) -> None:
    rows, vectors = small(examples)
    DangerReader().fit(rows, vectors).save(tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 8_000_000


def test_a_danger_is_a_value() -> None:
    assert Danger(True, 0.9, "baby", "model:0.90") == Danger(True, 0.9, "baby", "model:0.90")
