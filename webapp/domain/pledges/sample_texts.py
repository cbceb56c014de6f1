"""Sample wordings of the two pledges (guideline, attachments 2 and 3, whose official text is not public).

Traditional and Simplified Chinese may be signed; Portuguese and English stand beside them for reading. Every language
says the same clauses in the same order. A platform officer replaces them by a new version.
"""

from dataclasses import dataclass

PERSONAL_VERSION = "P-2026-1"
UNIT_VERSION = "U-2026-1"


@dataclass(frozen=True)
class SampleText:
    """One wording: ``kind`` is ``personal`` or ``unit``, ``language`` one of the four interface languages."""

    kind: str
    language: str
    version: str
    title: str
    clauses: tuple[str, ...]


_PERSONAL_HANT = SampleText(
    kind="personal",
    language="zh_Hant_MO",
    version=PERSONAL_VERSION,
    title="個人信用承諾",
    clauses=(
        "本人所申報的個人及車輛資料真實、完整；資料有變，即時更新。",
        "只由已備案的駕駛員駕駛已備案的車輛，不將備案借予他人使用。",
        "單位可按規定指派單位車輛予本人駕駛；本承諾同樣適用於所指派的單位車輛。",
        "遵守海關在“二線”通道的監管，按指示停車，接受查驗；列入名單不免檢。",
        "不走私，不夾帶未申報的免稅、保稅或應稅貨物，不為牟利替人攜帶物品。",
        "不逃避查驗，不衝闖通道。",
        "同意將違反承諾的情況記入信用信息，並明白因此可被移出名單，依法承擔責任。",
        "明白申報出於自願，可以隨時撤回。",
    ),
)

_PERSONAL_HANS = SampleText(
    kind="personal",
    language="zh_Hans_CN",
    version=PERSONAL_VERSION,
    title="个人信用承诺",
    clauses=(
        "本人所申报的个人及车辆资料真实、完整；资料有变，即时更新。",
        "只由已备案的驾驶员驾驶已备案的车辆，不将备案借予他人使用。",
        "单位可按规定指派单位车辆予本人驾驶；本承诺同样适用于所指派的单位车辆。",
        "遵守海关在“二线”通道的监管，按指示停车，接受查验；列入名单不免检。",
        "不走私，不夹带未申报的免税、保税或应税货物，不为牟利替人携带物品。",
        "不逃避查验，不冲闯通道。",
        "同意将违反承诺的情况记入信用信息，并明白因此可被移出名单，依法承担责任。",
        "明白申报出于自愿，可以随时撤回。",
    ),
)

_PERSONAL_PT = SampleText(
    kind="personal",
    language="pt",
    version=PERSONAL_VERSION,
    title="Compromisso pessoal de crédito",
    clauses=(
        "Os dados pessoais e do veículo que declaro são verdadeiros e completos; qualquer alteração será logo "
        "comunicada.",
        "Só os condutores registados conduzem o veículo registado; não empresto o registo a terceiros.",
        "A unidade pode atribuir-me, nos termos das regras, veículos da unidade; este compromisso abrange também "
        "esses veículos.",
        "Cumpro a fiscalização aduaneira nos canais da «segunda linha», paro quando me for indicado e aceito a "
        "inspecção. "
        "Constar da lista não dispensa de qualquer inspecção.",
        "Não pratico contrabando, não transporto mercadorias isentas, em regime suspensivo ou tributáveis sem as "
        "declarar, "
        "nem levo bens de outrem com fim lucrativo.",
        "Não me furto à inspecção nem forço a passagem.",
        "Aceito que as violações deste compromisso sejam registadas como informação de crédito e sei que podem levar à "
        "remoção da lista e à responsabilidade legal.",
        "Sei que a declaração é voluntária e que a posso retirar a qualquer momento.",
    ),
)

_PERSONAL_EN = SampleText(
    kind="personal",
    language="en",
    version=PERSONAL_VERSION,
    title="Personal credit pledge",
    clauses=(
        "What I file about myself and the vehicle is true and complete; I will update it at once when it changes.",
        "Only the filed drivers drive the filed vehicle; I lend the filing to nobody.",
        "My unit may assign its vehicles to me under the rules; this pledge covers the unit vehicles so assigned.",
        "I obey customs supervision at the second-line channels, stop when told and accept checks. "
        "Being listed exempts from no check.",
        "I do not smuggle, do not carry undeclared duty-free, bonded or taxable goods, and carry nothing for "
        "others for gain.",
        "I do not evade checks or rush the channel.",
        "I agree that breaches are recorded as credit information, and understand that they may lead to removal "
        "from the "
        "list and to the consequences provided by law.",
        "I understand that filing is voluntary and can be withdrawn at any time.",
    ),
)

_UNIT_HANT = SampleText(
    kind="unit",
    language="zh_Hant_MO",
    version=UNIT_VERSION,
    title="單位信用承諾",
    clauses=(
        "本單位登記的資料真實、有效。",
        "附頁所列人員均已查驗屬於本單位，或居住在本社區，註明為家人的是所列車主的同住家人；所列單位車輛均屬本單位。",
        "已向名單內人員說明通道規定並作指導，督促遵守。",
        "遵循“誰驗核、誰管理”：保持名單準確、有效、完整；人員離開，即時移出。",
        "指定專人負責名單管理，並對其所為負責。",
        "保護所見的個人信息，只用於備案，不作他用。",
        "配合海關監管和抽查。",
        "違反承諾，接受暫停驗核權限和信用記錄，依法承擔責任。",
        "本承諾涵蓋的名單，以所載名單摘要為準。",
    ),
)

_UNIT_HANS = SampleText(
    kind="unit",
    language="zh_Hans_CN",
    version=UNIT_VERSION,
    title="单位信用承诺",
    clauses=(
        "本单位登记的资料真实、有效。",
        "附页所列人员均已查验属于本单位，或居住在本社区，注明为家人的是所列车主的同住家人；所列单位车辆均属本单位。",
        "已向名单内人员说明通道规定并作指导，督促遵守。",
        "遵循“谁验核、谁管理”：保持名单准确、有效、完整；人员离开，即时移出。",
        "指定专人负责名单管理，并对其所为负责。",
        "保护所见的个人信息，只用于备案，不作他用。",
        "配合海关监管和抽查。",
        "违反承诺，接受暂停验核权限和信用记录，依法承担责任。",
        "本承诺涵盖的名单，以所载名单摘要为准。",
    ),
)

_UNIT_PT = SampleText(
    kind="unit",
    language="pt",
    version=UNIT_VERSION,
    title="Compromisso de crédito da unidade",
    clauses=(
        "Os dados registados desta unidade são verdadeiros e válidos.",
        "Verificou-se que todas as pessoas do anexo pertencem a esta unidade, ou residem neste bairro, ou, onde assim "
        "se indica, vivem com o proprietário indicado, e que os veículos da unidade indicados são seus.",
        "As pessoas da lista foram informadas e instruídas sobre as regras dos canais, e a unidade vela pelo seu "
        "cumprimento.",
        "Segundo o princípio «quem verifica, gere», a lista é mantida exacta, válida e completa; quem sai é "
        "removido de imediato.",
        "Está designada uma pessoa responsável pela gestão da lista, por cujos actos a unidade responde.",
        "Os dados pessoais vistos são protegidos e usados apenas para este registo.",
        "A unidade coopera com a fiscalização aduaneira e com as inspecções por amostragem.",
        "Em caso de violação, aceita a suspensão do direito de verificar, o registo de crédito e a "
        "responsabilidade legal.",
        "A lista abrangida por este compromisso é a que corresponde ao resumo digital indicado.",
    ),
)

_UNIT_EN = SampleText(
    kind="unit",
    language="en",
    version=UNIT_VERSION,
    title="Unit credit pledge",
    clauses=(
        "The registered data of this unit are true and valid.",
        "Everyone in the annex was checked to belong to this unit or to live in this community or, where marked so, in "
        "the household of the owner named, and every unit vehicle named to be its own.",
        "The people listed have been informed and trained about the channel rules, and the unit sees that they "
        "are kept.",
        "Who verifies, manages: the list is kept accurate, valid and complete, and those who leave are removed "
        "at once.",
        "A named person is responsible for the list, and the unit answers for what that person does.",
        "Personal data seen are protected and used for this filing and nothing else.",
        "The unit co-operates with customs supervision and spot checks.",
        "In case of breach it accepts suspension of its right to verify, credit records and the consequences "
        "provided by law.",
        "The list this pledge covers is the one whose digest it names.",
    ),
)

SAMPLE_TEXTS: tuple[SampleText, ...] = (
    _PERSONAL_HANT,
    _PERSONAL_HANS,
    _PERSONAL_PT,
    _PERSONAL_EN,
    _UNIT_HANT,
    _UNIT_HANS,
    _UNIT_PT,
    _UNIT_EN,
)
