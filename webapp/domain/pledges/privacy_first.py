"""The first wording of the privacy text, in every language: a short layer, and one section for each point that the law
wants told (PIPL 17, 18, 22–24, 30). Officers replace it by editions. Simplified and Traditional say the same."""

from __future__ import annotations

Wording = dict[str, tuple[str, ...]]

SHORT: Wording = {
    "zh_Hant_MO": (
        "你填的姓名、證件、電話、駕駛證和車輛資料，只用於備案名單的驗核、上傳和“二線”通道通行管理。",
        "由你申報的單位驗核，交平台列入名單；海關和口岸部門在通道查驗車輛是否在名單內。",
        "自願提供。不提供必填的資料便不能備案，但照常可以經“二線”通道進出。",
        "你可以隨時查閱、複製、更正、刪除，或撤回同意。撤回和同意一樣容易。",
    ),
    "zh_Hans_CN": (
        "你填的姓名、证件、电话、驾驶证和车辆资料，只用于备案名单的验核、上传和“二线”通道通行管理。",
        "由你申报的单位验核，交平台列入名单；海关和口岸部门在通道查验车辆是否在名单内。",
        "自愿提供。不提供必填的资料便不能备案，但照常可以经“二线”通道进出。",
        "你可以随时查阅、复制、更正、删除，或撤回同意。撤回和同意一样容易。",
    ),
    "pt": (
        "O nome, documento, telefone, carta de condução e veículo que indicar servem apenas para verificar, "
        "carregar e gerir a lista de passagem pelos canais da «segunda linha».",
        "A sua unidade verifica os dados e a plataforma inscreve-os na lista; as alfândegas e os serviços "
        "fronteiriços verificam nos canais se o veículo consta da lista.",
        "É voluntário. Sem os dados obrigatórios não há registo, mas pode passar pelos canais como qualquer pessoa.",
        "Pode a qualquer momento consultar, copiar, corrigir ou apagar os dados, ou retirar o consentimento, com a "
        "mesma facilidade com que o deu.",
    ),
    "en": (
        "Your name, document, phone, driving licence and vehicle are used only to verify, upload and run the pass "
        "list of the second-line channels.",
        "Your unit verifies them and the platform puts them on the list; customs and port authorities check at the "
        "channels whether a vehicle is on it.",
        "It is voluntary. Without the required items nothing can be filed, but you may pass the channels like "
        "anybody else.",
        "You may inspect, copy, correct or erase your data or withdraw consent at any time, as easily as you gave it.",
    ),
}

#: Section -> locale -> paragraphs.
SECTIONS: dict[str, Wording] = {
    "manner": {
        "zh_Hant_MO": (
            "在本網站填寫、由單位驗核員核對、以電子方式保存和查詢。證件、電話、住址、駕駛證號碼、簽名和檔案加密保存，列表內的號碼遮蓋；誰在甚麼時候看過，都有不能更改的記錄。",
            "單位櫃枱可以代你輸入，但承諾和同意只能由你本人作出。",
        ),
        "zh_Hans_CN": (
            "在本网站填写、由单位验核员核对、以电子方式保存和查询。证件、电话、住址、驾驶证号码、签名和文件加密保存，列表内的号码遮盖；谁在什么时候看过，都有不能更改的记录。",
            "单位柜台可以代你输入，但承诺和同意只能由你本人作出。",
        ),
        "pt": (
            "Os dados são preenchidos neste sítio, verificados pelos verificadores da unidade e guardados e "
            "consultados electronicamente. Documento, telefone, morada, carta, assinatura e ficheiros são cifrados "
            "e os números aparecem mascarados nas listas; cada consulta fica registada de forma inalterável.",
            "O balcão da unidade pode escrever por si, mas o compromisso e o consentimento são sempre seus.",
        ),
        "en": (
            "Data are typed on this site, checked by the unit's verifiers, and kept and looked up electronically. "
            "Document, phone, address, licence number, signature and files are encrypted and numbers are masked in "
            "lists; who looked and when is recorded and cannot be altered.",
            "A unit's counter may type for you, but pledge and consent are always your own act.",
        ),
    },
    "kinds": {
        "zh_Hant_MO": (
            "必需：姓名、證件種類和號碼、有效期、電話、所屬單位或社區、駕駛證號碼和有效期、車牌、車型、車主。",
            "可以不填：電郵、車輛識別代號、顏色等標明“如有”的項目。",
            "簽名的圖像和筆劃；你在個案中另外同意交出的證據。通道查驗只記錄車牌，不記錄行蹤。",
        ),
        "zh_Hans_CN": (
            "必需：姓名、证件种类和号码、有效期、电话、所属单位或社区、驾驶证号码和有效期、车牌、车型、车主。",
            "可以不填：电子邮件、车辆识别代号、颜色等标明“如有”的项目。",
            "签名的图像和笔划；你在个案中另外同意交出的证据。通道查验只记录车牌，不记录行踪。",
        ),
        "pt": (
            "Necessários: nome, tipo, número e validade do documento, telefone, unidade ou comunidade, número e "
            "validade da carta, matrícula, classe do veículo, proprietário.",
            "Facultativos: correio electrónico, número de quadro, cor e outros itens assinalados como tal.",
            "A imagem e os traços da assinatura; provas que entregue num processo com consentimento próprio. Nos "
            "canais regista-se apenas a matrícula, nunca os seus percursos.",
        ),
        "en": (
            "Necessary: name, kind, number and expiry of the document, phone, unit or community, licence number "
            "and expiry, plate, size class, owner.",
            "Optional: e-mail, chassis number, colour and whatever else is marked so.",
            "The picture and strokes of your signature; evidence you hand in in a case under a consent of its own. "
            "At the channels only the plate is recorded, never where you go.",
        ),
    },
    "retention": {
        "zh_Hant_MO": (
            "未提交的草稿7天；在名單內的資料保存到移出名單；移出後只作證據保存，期滿刪除或去除身份。通道查詢的車牌30天後只留雜湊值。有法律規定或個案未完時，會暫停刪除並說明。",
        ),
        "zh_Hans_CN": (
            "未提交的草稿7天；在名单内的资料保存到移出名单；移出后只作证据保存，期满删除或去除身份。通道查询的车牌30天后只留杂凑值。有法律规定或个案未完时，会暂停删除并说明。",
        ),
        "pt": (
            "Rascunhos não enviados: 7 dias. Dados na lista: até à saída da lista; depois guardam-se apenas como "
            "prova e são apagados ou tornados anónimos no fim do prazo. As matrículas consultadas nos canais ficam "
            "apenas como valor cifrado ao fim de 30 dias. Quando a lei ou um processo pendente o exija, o "
            "apagamento é suspenso e explicado.",
        ),
        "en": (
            "Drafts that were not sent: 7 days. Data on the list: until the entry ends; then they are kept as "
            "evidence alone and erased or made anonymous at the end of the term. Plates asked for at channels are "
            "kept as a hash after 30 days. Where law or an open case requires it, erasure waits and you are told "
            "why.",
        ),
    },
    "recipients": {
        "zh_Hant_MO": (
            "你申報的單位（名稱見二維碼打開的頁面和你的進度頁）：驗核你是否屬於它，看得到你的申報。",
            "名單管理平台：審核單位、保存名單、處理異議。",
            "海關和口岸部門（“二線”通道）：按車牌查詢是否在名單內、車型和駕駛員人數；查驗時可以核對證件號碼是否已備案。答案沒有姓名、電話和證件號碼。",
            "沒有其他接收方。新增接收方之前要作影響評估，並重新取得你的同意。",
        ),
        "zh_Hans_CN": (
            "你申报的单位（名称见二维码打开的页面和你的进度页）：验核你是否属于它，看得到你的申报。",
            "名单管理平台：审核单位、保存名单、处理异议。",
            "海关和口岸部门（“二线”通道）：按车牌查询是否在名单内、车型和驾驶员人数；查验时可以核对证件号码是否已备案。答案没有姓名、电话和证件号码。",
            "没有其他接收方。新增接收方之前要作影响评估，并重新取得你的同意。",
        ),
        "pt": (
            "A unidade por onde se regista (nome na página do código QR e na página do seu processo): verifica se "
            "lhe pertence e vê o seu registo.",
            "A plataforma da lista: certifica unidades, guarda a lista, decide objecções.",
            "Alfândegas e serviços fronteiriços (canais da «segunda linha»): perguntam pela matrícula se consta da "
            "lista, a classe do veículo e o número de condutores; na inspecção podem perguntar se um documento "
            "está registado. As respostas não contêm nome, telefone nem número de documento.",
            "Não há outros destinatários. Antes de um novo destinatário faz-se uma avaliação de impacto e pede-se "
            "de novo o seu consentimento.",
        ),
        "en": (
            "The unit you file through (named on the page its QR code opens and on your status page): verifies "
            "that you belong to it and sees your filing.",
            "The pass-list platform: certifies units, keeps the list, decides objections.",
            "Customs and port authorities (second-line channels): ask by plate whether a vehicle is on the list, "
            "its size class and number of drivers; at an inspection they may ask whether a document is filed. "
            "Answers hold no name, phone or document number.",
            "There is no other recipient. Before a new one, an impact assessment is made and your consent is asked "
            "again.",
        ),
    },
    "storage": {
        "zh_Hant_MO": ("全部資料保存在境內的伺服器。不向境外提供。",),
        "zh_Hans_CN": ("全部资料保存在境内的服务器。不向境外提供。",),
        "pt": ("Todos os dados são guardados em servidores no interior do país. Não são transferidos para fora.",),
        "en": ("All data are kept on servers in the country. Nothing is transferred abroad.",),
    },
    "decisions": {
        "zh_Hant_MO": (
            "期限屆滿、證件過期、單位注銷和嚴重失信列入會使系統自動暫停或移出登記。通知會寫明根據、來源和日期。你可以提出異議，由人在15個工作日內重新決定；配對只按號碼，從不只按姓名。",
        ),
        "zh_Hans_CN": (
            "期限届满、证件过期、单位注销和严重失信列入会使系统自动暂停或移出登记。通知会写明根据、来源和日期。你可以提出异议，由人在15个工作日内重新决定；配对只按号码，从不只按姓名。",
        ),
        "pt": (
            "O fim de prazos, documentos caducados, o cancelamento de uma unidade ou uma sanção suspendem ou "
            "terminam automaticamente um registo. O aviso indica fundamento, origem e data. Pode objectar e uma "
            "pessoa decide de novo em 15 dias úteis; a correspondência faz-se por números, nunca só pelo nome.",
        ),
        "en": (
            "Ended terms, expired documents, a deregistered unit or a sanction suspend or end an entry "
            "automatically. The message names ground, source and date. You may object and a person decides again "
            "within 15 working days; matching is by numbers, never by a name alone.",
        ),
    },
    "rights": {
        "zh_Hant_MO": (
            "在進度頁“我的資料”查閱全部資料、誰看過、交給了誰，並下載複本；更正、刪除、撤回同意、要求解釋、投訴，都可以在那裏提出，也可以寫信或到櫃枱辦理。15個工作日內答覆；不接受會說明理由，"
            "你可以再向監管部門投訴或向法院起訴。",
            "近親屬可以為已去世的人提出查閱、複製、更正、刪除。",
        ),
        "zh_Hans_CN": (
            "在进度页“我的资料”查阅全部资料、谁看过、交给了谁，并下载复本；更正、删除、撤回同意、要求解释、投诉，都可以在那里提出，也可以写信或到柜台办理。15个工作日内答复；不接受会说明理由，"
            "你可以再向监管部门投诉或向法院起诉。",
            "近亲属可以为已去世的人提出查阅、复制、更正、删除。",
        ),
        "pt": (
            "Em «Os meus dados», na página do seu processo, consulta tudo, quem viu e a quem foi dado, e "
            "descarrega uma cópia; aí pede também correcção, apagamento, retirada de consentimento, explicações ou "
            "reclama; pode igualmente fazê-lo por carta ou ao balcão. A resposta chega em 15 dias úteis; uma "
            "recusa é fundamentada e pode recorrer à autoridade ou ao tribunal.",
            "Os familiares próximos podem pedir consulta, cópia, correcção ou apagamento dos dados de quem faleceu.",
        ),
        "en": (
            "Under “My data” on your status page you see everything, who looked and to whom it was given, and "
            "download a copy; there you also ask for correction, erasure, withdrawal of consent, an explanation, "
            "or complain; letters and the counter serve as well. You are answered within 15 working days; a "
            "refusal gives its reasons, and you may go to the authority or to court.",
            "Close relatives may ask to inspect, copy, correct or erase the data of somebody who has died.",
        ),
    },
    "not_giving": {
        "zh_Hant_MO": (
            "備案是自願的。不提供必需的資料或不同意，便不能列入名單；不影響你經“二線”通道進出，也不影響單位的其他服務。撤回同意後，登記移出名單；撤回之前的處理仍然有效。",
        ),
        "zh_Hans_CN": (
            "备案是自愿的。不提供必需的资料或不同意，便不能列入名单；不影响你经“二线”通道进出，也不影响单位的其他服务。撤回同意后，登记移出名单；撤回之前的处理仍然有效。",
        ),
        "pt": (
            "O registo é voluntário. Sem os dados necessários ou sem consentimento não há inscrição na lista; isso "
            "não o impede de passar pelos canais nem afecta outros serviços da unidade. Retirado o consentimento, "
            "a inscrição termina; o que foi tratado antes continua válido.",
        ),
        "en": (
            "Filing is voluntary. Without the necessary data or without consent you cannot be listed; you may "
            "still pass the channels, and no other service of your unit depends on it. When consent is withdrawn "
            "the entry ends; what was done before stays valid.",
        ),
    },
    "adults": {
        "zh_Hant_MO": ("駕駛員要年滿18歲。平台不收集未成年人的資料。",),
        "zh_Hans_CN": ("驾驶员要年满18岁。平台不收集未成年人的资料。",),
        "pt": ("Os condutores têm de ter 18 anos. A plataforma não recolhe dados de menores.",),
        "en": ("Drivers are 18 or older. The platform collects no data of minors.",),
    },
    "changes": {
        "zh_Hant_MO": (
            "目的、方式、種類或接收方改變時，會發布新版本，並請你重新同意。舊版本和你在哪個版本下同意都有記錄。",
        ),
        "zh_Hans_CN": (
            "目的、方式、种类或接收方改变时，会发布新版本，并请你重新同意。旧版本和你在哪个版本下同意都有记录。",
        ),
        "pt": (
            "Se mudarem finalidade, modo, tipos de dados ou destinatários, publica-se uma nova versão e pede-se de "
            "novo o seu consentimento. Ficam registadas as versões e aquela com que consentiu.",
        ),
        "en": (
            "When purpose, manner, kinds or recipients change, a new version is published and your consent is "
            "asked again. Former versions are kept, and under which one you consented.",
        ),
    },
}
