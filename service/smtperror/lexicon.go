package smtperror

// lexicon maps cues to concepts. Cues are parted by "|"; a cue is words in lower
// case without accents, parted by spaces; "*" ends a stem. After "!" the words of a
// cue are spent: no other cue begins among them, so that "ip address" is no address of a
// person. Scripts without spaces are words of one sign.
//
// Each concept lists English first, then French, German, Spanish and Portuguese,
// Italian, Polish, Czech, Dutch and the Scandinavian tongues, Estonian, Russian,
// Japanese and Chinese, as far as servers use them.
var lexicon = []struct{ concept, cues string }{
	// What is spoken about: the client, its name and its greeting.
	{"rdns", "" +
		"rdns|ptr|ptrs|revdns|fcrdns|iprev|reverse|reverses|revers dns|rev dns|reverse dns|reverse domain|reverse lookup*|reverse host*|" +
		"reverse name*|reverse map*|reverse resol*|reverse record*|reverse entr*|reverse address*|reverse ip|reverse zone|reverse pointer*|" +
		"in addr arpa|inaddr*|inverse|ip to name|address to name|dns invers*|dns revers*|resolution invers*|resolucion invers*|risoluzione invers*|" +
		"inverso|inversa|ruckwarts*|rueckwaerts*|reverzni*|odwrotn*|обратн*|逆 引|反 向|反 解|!reverse host name"},
	{"nohostname", "" +
		"cannot find your hostname|could not find your hostname|cannot resolve your hostname|cannot resolve your address|cannot resolve your ip|" +
		"could not resolve your ip|could not resolve your hostname|unable to resolve your ip|unable to resolve your hostname|" +
		"cannot find your reverse hostname|cannot find a hostname|!no hostname|!no host name|no dns name|has no name|without a name|" +
		"unknown client host|client host name not found|client name not found|unresolvable client|hostname could not be found|" +
		"unable to find your hostname|could not look up your|ip address does not resolve|ip does not resolve|ip not resolv*|ip is not resolv*|" +
		"address does not resolve|host name lookup failed|dns nr|client host unknown|unknown host name for|no dns entry for your|" +
		"no dns record for your|hosts without|domain name not found for|ip name lookup failed|name lookup failed|ip lookup failed|!no reverse name|" +
		"host cant be resolved|host cannot be resolved|hostname of your ip|no name for your ip|does not have a name|has no hostname|" +
		"no valid hostname|unable to resolve your host|could not resolve your host|cannot resolve hostname for|no domain name for|" +
		"client host name lookup failed|relay host name"},
	{"ip", "" +
		"ip|ips|!ip address*|!ip addr*|ipv4|ipaddress*|!adresse ip|!adresses ip|ip adresse*|!direccion ip|!indirizzo ip|!adres ip|ip adres*|" +
		"ip aadress*|ip 地 址|ip ア ド レ ス|ip адрес*|netblock|subnet|ip range|ip block"},
	{"client", "" +
		"client|!client host|!your server|!your mail server|!your mailserver|your host|!sending host|!sending server|!sending mta|" +
		"!sending mail server|sending system|!connecting host|!connecting server|connecting client|connecting ip|your system|!your mta|" +
		"your computer|!your address|!your ip|!your ip address|your network|the server you|source host|!originating server|!originating ip|" +
		"your hostname|your host name|mailer|serveur|votre serveur|ihr server|ihr mailserver|su servidor|vas server|teie server|отправляющ*|" +
		"发 件 服 务 器|!sender ip|!senders ip|!sender ip address|!your remote host|!your remotehost|!your server ip|!your mailer|connecting host ip|" +
		"!connection ip|!connecting ip|!your connection|!host ip|!remote ip|!mail server at|!from mail server|!access from mail server"},
	{"server", "server|servers|!mailserver*|!mail server*|mta|!mail exchanger*|mailhost*|mail host*"},
	{"host", "host|hosts|hostname*|!host name*"},
	{"helo", "helo|ehlo|helohost|!helo name|hello name|hello argument|hello command|hello host|!helo host|greeting name"},
	{"helofirst", "" +
		"say helo|say hello|say ehlo|helo first|ehlo first|send helo|send ehlo|need helo|need ehlo|expected helo|polite people|introduce yourself|" +
		"helo ehlo required|duplicate helo|already said helo|already helo|requires helo|helo required"},
	{"badname", "" +
		"you are not me|you are not who|not who you|my name was rejected|name was rejected|pretend* to be|claims to be|claiming to be|" +
		"impersonat* this"},
	{"fqdn", "" +
		"fqdn|!fully qualified|!full qualified|!fully qualif*|qualified hostname|qualified host name|qualified domain*|qualified"},
	{"ipv6", "ipv6|ip6|ipv6 address*|aaaa record*"},
	{"youare", "" +
		"you are|you have been|youve been|youre|your ip is|your host is|your server is|your server has been|your ip has been|" +
		"your mail server has been|your address has been|vous etes|sie sind|sie wurden|usted ha sido"},
	{"youraccess", "your access|access to this mail system|connection from your"},

	// The sender and the recipient.
	{"sender", "" +
		"sender|senders|!senders address|!sender address*|!sender email|!sender id|!mail from|mailfrom|mfrom|!return path|returnpath|!reverse path|" +
		"envelope from|envelope sender*|envelope|originator*|!from address*|!from domain|!from field|!from email|!return address|!bounce address|" +
		"mailer|!sending address|submitter|expediteur*|lexpediteur|emetteur*|lemetteur|adresse expedit*|absender*|remitente*|remetente*|mittente*|" +
		"nadawc*|odesilatel*|afzender*|avsandare|avsender|saatja*|отправител*|送 信 者|差 出 人|发 件 人|發 件 人|寄 件 者|发 信 人"},
	{"nullsender", "" +
		"null sender|null senders|empty envelope sender*|empty sender*|envelope sender is empty|blank sender|bounces not accepted|" +
		"bounce messages not accepted|returned mail not accepted|no bounces|third party dsn*|dsn not accepted|backscatter|batv"},
	{"youraddress", "" +
		"your email address|your e mail address|your mail address|your sender address|your from address|your envelope sender|your envelope|" +
		"envelope sender|your email|sender address|sender email|mail from address"},
	{"senderdomain", "" +
		"!sender domain*|!senders domain*|!sending domain*|senders mail domain|!from domain|!mailer domain|mailer host|senders host|!sender host*|" +
		"!domain of sender*|!domain of the sender*|domain of mail from|!originating domain|originator domain|!mail from domain|return path domain|" +
		"envelope domain|your domain*|senders system|sender system|from addresss domain|from hostname|domaine expedit*|domaine de lexpediteur|" +
		"domaine d expedit*|domaine emetteur|absenderdomain*|dominio del remitente|dominio mittente|dominio remitente|domena nadawcy|发 件 人 域 名|" +
		"发 信 域 名|domain in your mail from|domain in mail from|domain of your mail from"},
	{"baddomain", "" +
		"!sender domain is empty|!without a valid sender domain|!valid sender domain|!recursive cname*|!domain part is missing|" +
		"!fully qualified email address|!fully qualified address|!sender domain must|!domain of sender must|" +
		"!domain may not exist or dns check failed|!dns check failed|verify that domain|verify that the domain|verify that the sender domain|" +
		"domain of sender exists|domain of the sender exists"},
	{"from", "from|fron|von|de"},
	{"sendfor", "" +
		"sending mail of|sending mail for|sending mail from|sending email for|sending email from|send mail for|send mail from|send email for|" +
		"send email from|send mails for|send for|send from|send on behalf of|permitted sender|permitted to send|not permitted by|designated|" +
		"designate|authorized to send|authorised to send|allowed to send|authorized sender for|sender for|to relay for|not a valid sender|" +
		"valid source|legitimate source|autorise* a envoyer|berechtigt|autorizado para enviar"},
	{"sendus", "" +
		"send us|sending us|send mail to us|send us mail|mail to us|email to us|to this server|to our server*|to this host|to this system|" +
		"to our system|to this network|mail to this|to connect"},
	{"sending", "sending|outgoing|outbound|send|sent|submission|sender"},
	{"recipient", "" +
		"recipient*|rcpt|rcpt to|addressee*|!to address|!destination address*|destination mailbox|destination|destinatair*|destinatari*|empfanger*|" +
		"empfaenger*|odbiorc*|adresat*|prijemc*|ontvanger*|geadresseerde*|mottagare*|mottaker*|saaja*|adressaat*|получател*|адресат*|受 信 者|宛 先|" +
		"受 取 人|收 件 人|收 信 人|目 标 地 址|接 收 方|対 象 ア ド レ ス|destinatario*|destinatarios|ricevente|receptor"},
	{"rcptdomain", "" +
		"!domaine destinataire|!domaine du destinataire|!empfangerdomain*|!empfaengerdomain*|!dominio destinatario|!dominio del destinatario|" +
		"!domena odbiorcy|!recipient domain*|!recipients domain*|!destination domain*|!target domain*|!domain of the recipient|" +
		"!domain of recipient|!recipient host*|!destination host*|!destination system|address domain|rcpt address has|recipient address has"},
	{"user", "" +
		"grupo|gruppe|groupe|gruppo|liste de diffusion|グ ル ー プ|group|groups|user|users|!user name|username|userid|usr|mailbox*|!mail box*|" +
		"mailfolder*|inbox*|account*|acct|address|addresses|addr|email|emails|email address*|mail address*|mail account*|local part|alias*|compte|" +
		"boite|boites|utilisateur*|adresse|adresses|postfach|benutzer*|konto|mailadresse|emailadresse|usuario*|buzon|cuenta|direccion|casilla|" +
		"conta|caixa|endereco|utente|casella|indirizzo|skrzynk*|uzytkown*|adres|schrank*|uzivatel*|gebruiker*|postbus|brevlada|postkasse|kasutaja*|" +
		"postkast*|aadress*|пользовател*|ящик*|адрес|адреса|ユ ー ザ|ア ド レ ス|メ ー ル ボ ッ ク ス|用 户|用 戶|邮 箱|信 箱|帐 号|账 号|帳 號|邮 件 地 址|person|people|customer|" +
		"subscriber|mail drop|maildrop|mailaddress*|mail address|boite aux lettres|mail user|casella di posta|caixa postal|bandeja|wiadomosci|" +
		"учетная запись|учетной записи|аккаунт*|收 信 人|用 户 名|受 信 者|メ ー ル ア ド レ ス|ア カ ウ ン ト|gebruikersaccount|kullanici"},
	{"nouser", "" +
		"nosuchuser|userunknown|no_such_user|user_unknown|unknownuser|no such user*|no such mailbox*|no such recipient*|no such address|" +
		"no such account*|no such person|no such email*|no such mail box|no such local user|no such virtual user|no such alias|unknown user*|" +
		"user unknown|user is unknown|user not found|user was not found|user does not exist|user doesnt exist|user not exist*|user not known|" +
		"users not found|mailbox not found|mailbox does not exist|mailbox doesnt exist|mailbox not exist*|mailbox unknown|unknown mailbox|" +
		"unknown recipient*|recipient unknown|recipient not found|recipient does not exist|recipient doesnt exist|recipient not exist*|" +
		"unknown address|address unknown|unknown email address|unknown e mail address|unknown local part|unknown account*|account does not exist|" +
		"account doesnt exist|account not found|account unknown|address does not exist|address doesnt exist|address not found|address not exist*|" +
		"email not exist*|email does not exist|no mailbox by that name|no mailbox here by that name|no mailbox here|invalid recipient*|" +
		"invalid mailbox*|invalid user|not a valid mailbox|not a valid user|not a valid recipient|not a valid email account|no user here|" +
		"no users here|unknown virtual user|unknown local user|unknown alias|addressee unknown|recipient is unknown|recipient address unknown|" +
		"recipient e mail address unknown|recipient e mail adress unknown|no account by that name|not a recognised email account|" +
		"not a recognized email account|recipient verif* failed|recipient verification problem|recipient verify from|failed recipient validation|" +
		"recipient validation fail*|bad recipient*|recipient invalid|invalid address|bad address|unresolvable address|benutzer nicht bekannt|" +
		"benutzer unbekannt|empfanger unbekannt|utilisateur inconnu|destinataire inconnu|usuario desconocido|utente sconosciuto|" +
		"doesnt have a yahoo*|no valid recipients|!handle mail for that user|badrcptto*|validrcptto*|badrecipientto*|bad recipient list|" +
		"envelope recipient has been denied|recipient has been denied|cant accept user|not an active address|missing home directory|has no mailbox|" +
		"not present in directory|no mailbox on|not a known user|no one at this address|destinataire invalide|email name is not found|" +
		"address invalid|unable to validate recipient|no account here|not have an account|does not have an account|doesnt have an account|" +
		"not a local mailbox|email address could not be found|email address couldnt be found|address couldnt be found|address wasnt found|" +
		"address not present|dont exists that user|not user of this server|not a user of|unavailable mail user|unavailable user|" +
		"user not available here|no tiene una cuenta|no tiene cuenta|cuenta no existe|la cuenta no existe|cuenta inexistente|usuario no existe|" +
		"el usuario no existe|usuario inexistente|usuario no encontrado|destinatario desconocido|destinatario inexistente|direccion no existe|" +
		"direccion inexistente|buzon no existe|usuario desconhecido|usuario nao existe|conta nao existe|destinatario nao existe|" +
		"caixa postal nao existe|endereco nao existe|utente non trovato|utente inesistente|indirizzo inesistente|indirizzo sconosciuto|" +
		"casella inesistente|casella non esiste|destinatario sconosciuto|destinatario non esiste|utilisateur inexistant|adresse inexistante|" +
		"adresse inconnue|boite inexistante|compte inexistant|cette adresse n existe pas|adresse n existe pas|destinataire inexistant|" +
		"unbekannter empfanger|unbekannter benutzer|unbekannte adresse|adresse unbekannt|adresse existiert nicht|empfanger existiert nicht|" +
		"postfach existiert nicht|kein solcher benutzer|konto existiert nicht|nieznany uzytkownik|nieznany odbiorca|uzytkownik nie istnieje|" +
		"adres nie istnieje|konto nie istnieje|skrzynka nie istnieje|nie ma takiego uzytkownika|nie ma takiej skrzynki|neznamy prijemce|" +
		"neznamy uzivatel|schranka neexistuje|uzivatel neexistuje|onbekende gebruiker|onbekende ontvanger|gebruiker bestaat niet|" +
		"adres bestaat niet|okand mottagare|anvandaren finns inte|пользователь не найден|пользователь не существует|пользователя не существует|" +
		"адресат не найден|получатель не найден|нет такого пользователя|нет такого адреса|ящик не найден|ящик не существует|адрес не существует|" +
		"неизвестный пользователь|用 户 不 存 在|用 戶 不 存 在|邮 箱 不 存 在|收 件 人 不 存 在|收 件 人 帐 号 不 存 在|该 用 户 不 存 在|无 此 用 户|查 无 此 人|没 有 此 用 户|没 有 该 用 户|" +
		"地 址 不 存 在|帐 号 不 存 在|账 号 不 存 在|ユ ー ザ ー が 存 在 し ま せ ん|ユ ー ザ が 存 在 し ま せ ん|ア ド レ ス が 存 在 し ま せ ん|宛 先 不 明|宛 先 が 見 つ か り ま せ ん|" +
		"メ ー ル ア ド レ ス が 見 つ か り ま せ ん|사 용 자 가 존 재 하 지|kullanici bulunamadi|kullanici yok|final email delivery point|no longer on server"},
	{"mailboxword", "mailbox*|mail box|inbox|postfach|boite|maildir"},
	{"address", "address|addresses"},
	{"localuser", "" +
		"in virtual mailbox table|in local recipient table|in relay recipient table|in virtual alias table|in virtual user table|mailbox table|" +
		"recipient table|alias table|user table|!name address book|!address book|recipient lookup|chkuser|directory lookup|recipnotfound|" +
		"adr ambiguous|resolver adr|localuser|nosuchuser|userunknown|no_such_user|user_unknown|unknownuser|recipient_unknown|recipientunknown|" +
		"recipientnotfound|several matches|multiple matches|ambiguous|not unique|ambiguous address|find alias user|virtual user|local part|" +
		"local parts|mail drop"},

	// Domains and DNS.
	{"domain", "" +
		"domain|domains|!domain name*|domainname|domain part|hostname part|domaine*|dominio*|domena|domeny|domene*|domeen*|домен*|ド メ イ ン|域 名|" +
		"网 域"},
	{"mx", "" +
		"mx|mx record*|mxs|mail exchange*|!mail exchanger*|a or mx|mx or a|mx a|a mx|a record*|aaaa record*|dns a|a or aaaa|address record*|a rr|" +
		"mx rr|no smtp mx"},
	{"mxora", "a or mx|mx or a|mx a|a mx|a or aaaa|mx nor a|a nor mx|neither mx nor|mx or aaaa|a aaaa"},
	{"nullmx", "null mx|nullmx|null mx record|mx 0|domain that does not accept mail"},
	{"noreceive", "" +
		"does not accept mail|does not accept email|doesnt accept mail|doesnt accept email|doesnt receive email|does not receive email|" +
		"does not receive mail|doesnt receive mail|accepts no mail|receives no mail|not configured to receive"},
	{"dns", "dns|!name server*|!nameserver*|!name service|domain name system|dnssec|nxdomain|servfail|soa"},
	{"dnsfault", "" +
		"dns query failed|name service error|dns error|dns lookup failed|dns lookup failure|dns failure|dns problem|name resolution|dns resolution|" +
		"unexpected name server|name server reply"},
	{"softdns", "" +
		"lookup did not complete|host not found try again|name server timeout|dns timeout|dns time out|dns temporary|temporary dns|temporary name|" +
		"temporary domain|dns server failure|dns server returned|dns soft|soft dns|servfail|server failure|name server failure|nameserver failure|" +
		"cname lookup failed|mx lookup failed|a lookup failed|dns lookup timeout|lookup timeout|lookup timed out|dns timed out|dns temporarily|" +
		"temporarily unable to resolve|temporarily unable to find|could not complete dns|transient dns|temporary resolution|" +
		"temporary failure in name resolution|dns resolution failed|resolver error|dns service|domain temporarily|" +
		"!malformed or unexpected name server reply|!unexpected name server reply|!malformed name server reply|!host name lookup failure|" +
		"!dns query error|unable to lookup dns|unable to look up dns|lookup dns|unable to lookup mx|could not lookup|dns lookup for|" +
		"unable to query dns|dns query failed|dns query timed out|dns server did not|no response from dns|no answer from dns|dns servers did not"},
	{"unresolved", "" +
		"must exist|must resolve|unresolv*|not resolv*|unroutable|unrouteable|unroutabl*|nxdomain|nonresolv*|not resolve*|cannot resolve|" +
		"cant resolve|cannot be resolved|could not resolve|couldnt resolve|could not be resolved|couldnt be resolved|doesnt resolve|" +
		"does not resolve|dont resolve|do not resolve|did not resolve|didnt resolve|unable to resolve|failed to resolve|not routable|" +
		"unreachable domain|noxdomain|nie mozna rozwiazac|no resuelve|nicht auflos*|nicht aufgelost|ne resout pas|non risolv*|无 法 解 析|dns says|" +
		"no dns records|no dns record|no records in dns|without dns records"},
	{"must", "" +
		"must resolve|must exist|must be resolvable|must be valid|has to resolve|needs to resolve|should resolve|must have|needs to have|" +
		"has to have"},
	{"nxdomain", "nxdomain|noxdomain|non existent domain|nonexistent domain|non existant domain|nonexistant domain|non existing domain"},
	{"norelayhost", "" +
		"find a gateway|no gateway|bad domain|no data record|no data known|domain lookup failed|invalid host name|invalid hostname|no such domain|" +
		"unknown domain|domain not found|domain does not exist|domain doesnt exist|invalid domain|domain unknown|domain is unknown|host unknown|" +
		"unknown host|host not found|hostname not found|bad destination host|bad destination system|illegal host|invalid host|no such host|" +
		"any host named|any host with|service not known|all relevant mx|non existent hosts|nonexistent hosts|no mx|no valid mx|without mx|" +
		"no mail server|no mail servers|no mail exchanger*|no mailserver|domain has no|misspelled domain|mail exchanger for domain|" +
		"name or service not known|address domain|find the recipient domain|domaine inconnu|domaine inexistant|domain unbekannt|" +
		"dominio desconocido|dominio no existe|dominio sconosciuto|dominio inesistente|nieznana domena|domena nie istnieje|neznama domena|" +
		"onbekend domein|域 名 不 存 在|домен не|unresolvable address|unrouteable address|unroutable address|unrouteable domain|unroutable domain|" +
		"unrouteable mail domain|unroutable mail domain|not routable|no route to domain|unable to route|cannot route|domain name not found|" +
		"blank mailhost|non existant domain|nonexistant domain|non existing domain|non existent host|nonexisting domain|mx or srv record|" +
		"srv record|indicated no smtp|no smtp mx|no mail host*|no mail hosts|not used for mail|no mail service|no dns a data|no a data|dns a data|" +
		"domain isnt valid|domain is invalid|domain not valid|domain name invalid|domain invalid|invalid mx|invalid mx record*|bad mx|" +
		"invalid domain name|incorrect domain|wrong domain|domain name unknown|hostname unknown|cannot find domain|cannot find host|" +
		"could not find host|could not find domain|no address record*|no dns entry|no dns record*|dns entry not found|domain has expired|" +
		"expired domain|domain expired|domain suspended|parked domain|non valido|dominio non valido|dominio no valido|dominio invalido|" +
		"host unknown dns|cant find any host|dns records for the destination|destination computer|对 方 域 名|域 名 有 错 误|域 名 错 误|域 名 无 法|域 名 过 期|" +
		"无 法 被 系 统 解 析|无 法 解 析|主 机 不 存 在|domaine introuvable|domaine n existe pas|domaine invalide|domain existiert nicht|domain nicht gefunden|" +
		"dominio no encontrado|el dominio no existe|dominio inexistente|dominio nao existe|dominio nao encontrado|dominio non trovato|" +
		"dominio non esiste|domena nieznana|nie ma takiej domeny|domena neexistuje|домен не существует|домен не найден|домена не существует|" +
		"ド メ イ ン が 存 在 し ま せ ん|ド メ イ ン が 見 つ か り ま せ ん|ホ ス ト が 見 つ か り ま せ ん"},

	// Authentication.
	{"spf", "spf|spf1|spf2|!sender policy framework|!sender policy|!sender framework|senderid|!sender id|vspf1|openspf*|smtp spf"},
	{"spfrecord", "spf record*|spf entry|spf entries|spf txt record*|spf policy record"},
	{"dkim", "dkim|domainkeys|domainkey|domainkeys identified mail|dkim signature*|adsp|dkim key*"},
	{"dmarc", "dmarc|dmarc policy|dmarc record|dmarc check|domain based message authentication"},
	{"align", "aligned|alignment|align|aligns|misaligned|unaligned"},
	{"nopolicy", "" +
		"no dmarc record|no dmarc policy|no dmarc|not have a dmarc|not have dmarc|doesnt have a dmarc|doesnt have dmarc|dont have a dmarc|" +
		"hasnt a dmarc|without dmarc|without a dmarc|missing dmarc|dmarc missing|dmarc record missing|dmarc record not|lacks dmarc|lacks a dmarc|" +
		"dmarc record required|dmarc record is required|dmarc is required|must publish|must have a dmarc|must have dmarc|set up dmarc|" +
		"publish a dmarc|dmarc policy in place|dmarc record is missing|dmarc record does not|dmarc not found|dmarc record found|dmarc not set|" +
		"dmarc not configured|kein dmarc|pas de dmarc|sin dmarc|pas d enregistrement dmarc|requires a dmarc|require a dmarc|requires dmarc record|" +
		"requires dmarc policy|need a dmarc record|needs a dmarc record"},
	{"unauthreject", "" +
		"unauthenticated email from|unauthenticated mail from|failed dmarc|fails dmarc|dmarc fail*|dmarc check fail*|dmarc policy|dmarc verification|" +
		"dmarc validation|dmarc reject*|dmarc quarantine|due to dmarc|per dmarc|violates dmarc|dmarc violation|dmarc evaluation|dmarc compliance|" +
		"dmarc align*|alignment|aligned|not aligned"},
	{"both", "" +
		"spf and dkim|spf or dkim|dkim and spf|dkim or spf|spf and or dkim|spf dkim|spf nor dkim|spf or domainkeys|dkim nor spf|spf dmarc dkim|" +
		"spf dkim dmarc|spf dkim and dmarc|either spf or|neither spf|neither dkim|with either spf|with spf or dkim|pass authentication|" +
		"passes authentication|pass authentication check*|authentication information|authentication checks|authentication level|" +
		"required authentication|not authenticated|is unauthenticated|unauthenticated|email authentication|mail authentication|isnt authenticated|" +
		"lacks authentication|sender authentication|message authentication|authentication results"},
	{"authn", "" +
		"authenticat*|unauthenticat*|authentification|authentifizier*|autentic*|auth checks|authentication check*|认 证|身 份 验 证|идентификац*|" +
		"аутентификац*"},
	{"lookups", "" +
		"too many dns|too many lookup*|too many void lookup*|dns lookup limit|lookup limit|more than dns lookups|exceeds dns lookups|" +
		"maximum dns interactive"},
	{"temperror", "" +
		"temperror|temp error|permerror|perm error|permanent error|temporary error|dns lookup|too many dns|too many lookup*|dns lookups|" +
		"lookup limit|void lookup*|syntax error|invalid spf|multiple spf|more than one|two spf|several spf|malformed|broken|bad spf|suspicious|" +
		"suspect|unable to parse|could not parse|parse|evaluat*|processing|could not be processed|incorrect spf|include|redirect|timed out|timeout|" +
		"lookup failed|spf record has|spf records for|bad spf record*|record syntax|invalid record|no valid spf"},
	{"pra", "!purported responsible*|sender id pra"},

	// Transport security.
	{"tls", "" +
		"tls|starttls|ssl|encryption|encrypted|unencrypted|cipher*|handshake|certificate*|cert|x509|secure connection|secure channel|tls connection|" +
		"verschlussel*|chiffr*|cifrad*|шифрован*|加 密"},
	{"tlsneed", "" +
		"must issue a starttls|starttls first|starttls command|tls required|requires tls|require tls|tls is required|starttls required|" +
		"starttls is required|requires starttls|requires encryption|encryption required|encryption needed|encryption is required|must use tls|" +
		"tls needed|not use tls|use tls|use encryption|without tls|without encryption|not over tls|tls connection|tls not available|" +
		"tls negotiation|tls handshake|tls fail*|tls error|starttls fail*|ssl handshake|ssl error|ssl fail*|handshake fail*|certificate verif*|" +
		"certificate fail*|certificate expired|untrusted certificate|certificate not trusted|certificate rejected|cannot start tls|" +
		"could not start tls|tls currently|no tls|secure connection|tls version|unsupported protocol|wrong version number|no shared cipher|cipher*|" +
		"tls session|encrypted connection|plain text|plaintext|cleartext|unencrypted|tls connect failed|tls connect|over a tls connection|" +
		"tls temporairement|tls erforderlich|tls requis|se requiere tls|richiede tls|wymagane tls|требуется tls"},
	{"sts", "" +
		"mta sts|mtasts|mta sts policy|sts policy|sts|smtp sts|mta sts validation|sts validation|sts failure|mta sts failure|" +
		"destination mail server must support tls"},
	{"dane", "" +
		"mx rrset|rrset is insecure|rrset|not dnssec|dane|tlsa|tlsa record*|dnssec|tlsa lookup|dane tlsa|no tlsa*|tlsa records|dane is enforced|" +
		"dane validation|dane required|dane verification"},

	// What is said about it.
	{"not", "" +
		"no|not|non|never|without|none|nor|neither|cannot|cant|could not|couldnt|unable|doesnt|does not|do not|dont|did not|didnt|isnt|is not|arent|" +
		"wasnt|was not|hasnt|has not|havent|lack*|missing|absent|absence|must have|should have|needs|need|require*|requir*|empty|pas|aucun*|sans|ne|" +
		"manqu*|absent*|kein*|nicht|ohne|fehlt|fehlend*|sin|falta*|nao|sem|senza|manca*|nie|brak*|bez|neni|nema|chybi|geen|niet|zonder|ontbre*|" +
		"puudub|ei|не|нет|без|отсутств*|な い|な し|ま せ ん|ず|无|没|没 有|未|不"},
	{"without", "" +
		"no|without|missing|lacks|lacking|does not have|doesnt have|dont have|do not have|not have|not found|no valid|absent|need*|requir*"},
	{"fail", "" +
		"fail*|error*|invalid|bad|wrong|incorrect*|broken|improper*|malformed|illegal|unacceptabl*|suspicious|suspect|problem*|issue*|unverif*|" +
		"unauthori*|mismatch*|violat*|softfail*|hardfail*|echec*|echou*|invalide*|fehl*|fehler*|ungultig*|ungueltig*|falsch*|invalid*|fall*|errone*|" +
		"errat*|bledn*|nieprawid*|neplat*|chyb*|ongeldig*|viga*|vigane|ошиб*|неверн*|недопуст*|失 敗|失 败|错 误|無 効|无 效|不 正"},
	{"notfound", "" +
		"may not exist|might not exist|no exista|quizas no exista|nao exista|nie ma takiego|no mailbox|no mail box|no such user|no such mailbox|" +
		"no account|no user|no recipient|no person|no email account|no mail account|no inbox|unknown|notfound|not found|wasnt found|does not exist|" +
		"doesnt exist|do not exist|dont exist|did not exist|didnt exist|doesn t exist|not exist*|nonexist*|non exist*|inexist*|no such|" +
		"cannot be found|could not be found|couldnt be found|cant be found|cannot find|could not find|couldnt find|cant find|cannot locate|" +
		"could not locate|unable to find|unable to locate|not known|isnt known|not a valid|not valid|isnt valid|is not valid|isnt a valid|no valid|" +
		"no longer valid|not listed|isnt listed|!not recognized|not recognised|not our customer|no one|nobody|no longer exists|not been found|" +
		"not available here|not here|not at this|not present|not a known|not registered|isnt registered|unregistered|never existed|" +
		"wasnt able to find|werent able to find|not able to find|cannot be located|not located|not active here|no match|not hosted|no record of|" +
		"does not have|doesnt have|do not have|dont have|no mail exchanger|inconnu*|introuvable*|nexiste*|n existe*|existe pas|existe plus|" +
		"unbekannt*|existiert nicht|nicht gefunden|nicht vorhanden|nicht bekannt|gibt es nicht|nicht existi*|desconocid*|desconhecid*|no existe|" +
		"nao existe|no encontrad*|nao encontrad*|sconosciut*|non esiste|inesistent*|non trovat*|nieznan*|nie istnieje|nie znaleziono|" +
		"nie znalezion*|neexistuj*|neznam*|nenalezen*|onbekend*|bestaat niet|niet gevonden|okand*|ukjent|finns inte|tundmatu*|ei eksisteeri|" +
		"ei leitud|не существует|не найден*|неизвест*|нет такого|не зарегистрирован*|存 在 し な|存 在 し ま せ ん|見 つ か り ま せ ん|不 明|不 存 在|未 找 到|找 不 到|无 此|" +
		"查 无|未 知|not exist|dont exists|doesnt exists|not exists|no exists|不 存 在 的|dosnt exist|dosnt exists|doesnot exist|doesn exist"},
	{"invalid", "" +
		"invalid|bad|illegal|malformed|incorrect|improper|wrong|nonvalid|not legal|invalide*|ungultig*|ungueltig*|invalid*|nieprawid*|neplat*|" +
		"ongeldig*|недейств*|недопуст*|無 効|无 效"},
	{"match", "" +
		"match*|mismatch*|correspond*|consisten*|inconsisten*|agree*|forged|forgery|forge|spoof*|faked|fake|paranoid|forward*|back to|map back|" +
		"verif*|confirm*|circular|round trip|point back|points back|same as|equal|stimmt nicht|uberein*|ubereinstimm*|identi*|一 致"},
	{"mayforge", "" +
		"fcrdns|forward confirmed|different ip|different address|another ip|another address|other address|may be forged|possibly forged|" +
		"might be forged|probably forged|could be forged|forged|hostname verification|hostname mismatch|name mismatch|host name is not|" +
		"name does not match|name doesnt match|name is not|does not match|doesnt match|do not match|not matching|mismatch*|does not point back|" +
		"does not resolve back|doesnt resolve back|not resolve back|does not resolve to|doesnt resolve to|not resolve to|not map back|not map to|" +
		"forward|forward dns|forward lookup|forward confirmation|forward resolv*|inconsistent|paranoid|forging|forges"},
	{"unverifiable", "unverif*"},
	{"unverified", "unverified address|undeliverable address|unverified sender|unverifiable address|unverified"},
	{"verified", "cannot be verified|could not be verified|couldnt be verified|unable to verify|not verified|verification failed"},
	{"contains", "contains|contain|includes|embeds|consists of"},
	{"transient", "transient|temporary error|temporary failure|temporarily|temperror|temporary problem|temporary"},
	{"suspicious", "suspicious|suspect|suspected"},
	{"permanent", "permanent*|permanently|fatal|definitif|dauerhaft|permanente*|окончательн*"},
	{"unstated", "" +
		"!this is a permanent error|!ive given up|!i wasnt able to deliver your message|!could not be delivered to one or more|" +
		"!couldnt be delivered to one or more|!sorry it didnt work out|!giving up on|!all recipients were rejected|!cant send mail|" +
		"!could not be delivered to the following|!did not reach some or all|!did not reach the following|!was not delivered to|!has been returned|" +
		"!for further assistance|!the following address|!the following addresses|!delivery to the following recipient*|!failed permanently|" +
		"!message not delivered|!delivery has failed to these|!undelivered mail returned|!mail delivery failed|!returning message to sender|" +
		"!delivery status notification|!error message*|!requested action aborted|!requested action not taken|!requested mail action aborted|" +
		"!requested mail action not taken|!transaction failed|!unknown error*|!unspecified error|!error unknown|!unknown reason|!undefined error|" +
		"!remote protocol error|!smtp error data not accepted|!smtp server error|!data end command failed|!rcpt to command failed|" +
		"!mail from command failed|!message could not be sent|!mailer error|!following recipients failed|!the following recipients failed|" +
		"!smtpsend failed exception|!data command failed detail|!an error occurred while sending|!fortiguard antispam|!fortiguard anti spam"},

	// Address ranges, lists and reputation.
	{"generic", "" +
		"directly to our servers|relay at your service provider|relay at your isp|through your provider|generic*|dynamic*|dynamique*|dynamisch*|" +
		"dinamic*|dynamiczn*|dialup*|dial up*|dialin|dial in|dul|duhl|residential*|end user*|broadband|adsl|dsl|cable modem|consumer|home user*|" +
		"home connection*|dhcp|pool|non static|not static|static ip|isp customer*|dynamically|dynip|smarthost|smart host|!smtp server of your isp|" +
		"your isps|your providers mail server|isps mail server|isp mail server|isps smtp|your providers smtp|directly from your|direct to mx|" +
		"direct from|direct connection*|!may not be mail exchanger|not a mail exchanger|not be mail exchanger|template|looks like a dynamic|" +
		"динамич*|动 态|動 的|custom reverse|custom rdns|custom ptr"},
	{"pbl", "pbl|policy block list|policy blocklist|dul|dynamic user|dynamic ip list|pbl spamhaus org|rtr du|dynamic blocklist"},
	{"listed", "" +
		"dnsbl entry|rbl entry|list entry|in an rbl|on an rbl|in rbl|in a rbl|on rbl|in the rbl|in our database|listed|listing|is listed|are listed|" +
		"found on|found in|appears on|appears in|on our list|in our list|delist*|removal|remove|on list|repertorie*|gelistet|gelisted|listad*|" +
		"elencat*|na liscie|in the database|in database|登 録 さ れ"},
	{"blocklist", "" +
		"!barracuda reputation*|blacklist*|!black list*|blocklist*|!block list*|block listed|blocked list|denylist*|deny list|blackhole*|" +
		"black hole*|rbl|rbls|dnsbl*|rhsbl*|rblsmtpd|drbl|uce protect|realtime block*|real time block*|realtime black*|real time black*|" +
		"realtime blackhole*|spamhaus|spamcop|sorbs|uceprotect*|spamrats|barracudacentral|cbl|xbl|sbl|sblcss|css|zen|njabl|dsbl|psbl|abuseat|" +
		"invaluement|mailspike|nixspam|manitu|senderscore|lashback|spamcannibal|surriel|rats|ubl|liste noire|listes noires|liste grise|blacklistee|" +
		"schwarze liste*|schwarzen liste*|blackliste*|gesperrt*|lista negra|listas negras|lista nera|blacklista|czarna lista|czarnej liscie|" +
		"czarnej listy|cerne listin*|cernem seznamu|zwarte lijst|svarta listan|mustas nimekirjas|must nimekiri|blacklistis|черн* спис*|блоклист*|" +
		"ブ ラ ッ ク リ ス ト|黑 名 单|黑 名 單|黑 名|blocked using|deferred using|rejected using|reputation database|open proxy list"},
	{"urilist", "" +
		"uribl*|surbl*|ivmuri|uri black*|uri bl|url black*|url blocklist*|dbl|!domain block list|!domain blocklist*|!domain blacklist*|rhsbl*|rhs|" +
		"ddnsbl|sa surbl|spamvertis*"},
	{"link", "url|urls|uri|uris|link|links|website*|web site*|hyperlink*|lien|liens|enlace*"},
	{"reputation", "" +
		"sbrs|reputation*|senderbase|sender score|senderscore|sender base|trust level|trustworth*|reputacion|reputazione|reputacao|repute|信 誉|信 譽|" +
		"репутац*|poor reputation|bad reputation|low reputation|reputation problem*|reputation score|ip profile|bad ip profile|in prison|black ip|" +
		"blackip|bad ip"},
	{"iprange", "this range|your range|this ip range|your ip range|this network range|this netblock|your netblock"},
	{"complaint", "complaints|complaint rate*|complaint level*"},
	{"abuse", "" +
		"!unsolicited mail originating|intrusion*|flagged|!insecure mail relay|!insecure relay|abuse|abusive*|abus|abusif|abusing|banned|ban|bans|" +
		"bannlist|suspicious|malicious|spammer*|spamming|spam source*|source of spam|sources of spam|spam sent|sending spam|sent spam|complaint*|" +
		"complain*|bad behavio*|misbehav*|unwanted|too much spam|lots of spam|spam from|spam activit*|spam issues|spamtrap*|spam trap*|honeypot*|" +
		"dictionary attack*|harvest*|directory attack|botnet|bot|zombie*|compromised|hijack*|exploited|exploits|open relay*|open proxy|infected host|" +
		"attack*|hack*|plaintes|incident de spam|abus detect*|missbrauch|plainte*|quejas|злоупотребл*|жалоб*"},
	{"spamsender", "spam sender*|spam source*|source of spam|known spammer|spammer|spammers|spamming host|spam host"},
	{"block", "" +
		"block|blocks|blocked|blocking|blockiert*|geblockt*|bloque*|bloqu*|blocat*|blokad*|blokov*|zablok*|geblokkeerd|blockerad|blokkert|blokeer*|" +
		"заблок*|блокир*|屏 蔽|拦 截|封 锁|阻 止|ブ ロ ッ ク"},
	{"openresolver", "" +
		"!open resolver|!open resolvers|!public resolver*|!public dns|public mirror|query refused|queries refused|query was refused|refused query|" +
		"excessive number of queries|excessive queries|too many queries|exceeded the query|query limit*|query volume|127 255 255 252|127 255 255 254|" +
		"127 255 255 255|quota of dns queries|your dns ip|free use|not have access to|administrator notice|returnc"},
	{"confirm", "" +
		"requires confirmation|require confirmation|confirm this mail server|confirm that you|confirm your|verify that you are|prove you|" +
		"whitelist request|captcha"},
	{"servicerefused", "service refuse|service refused|refus de service|connexion refusee par"},

	// Refusals and policies.
	{"reject", "" +
		"reject*|refus*|deny|denied|denies|denying|declin*|not accept*|not accepted|unaccept*|does not accept|do not accept|dont accept|" +
		"wont accept|will not accept|cannot accept|not allowed|not permitted|isnt allowed|disallow*|prohibit*|forbid*|forbidden|discard*|" +
		"dropped by|abgelehnt|abgewiesen|verweigert|zuruckgewiesen|nicht angenommen|nicht erlaubt|rechaz*|deneg*|recus*|rejeit*|rifiut*|respint*|" +
		"negat*|odrzuc*|odmow*|odmit*|zamitn*|geweiger*|avvisat*|keeld*|отклон*|отказ*|запрещ*|拒 否|拒 绝|拒 絕|拒 收|退 信|bounces due|bounced due|" +
		"bounced by|bounce due"},
	{"notallowed", "not allowed|isnt allowed|not permitted|isnt permitted|disallowed|may not be|not authorized to receive|delivery is not"},
	{"policy", "" +
		"policy|policies|security policy|administrat*|administrative prohibition|rule|rules|ruleset|guidelines|regle|politique*|richtlinie*|" +
		"politic*|norma*|regul*|polityk*|politik*|политик*|правил*|策 略|規 則|ポ リ シ ー|naruszen*|zasad|zasady|preference*|infringe la politica|" +
		"viola la politica|verstosst gegen|verstoss gegen|enfreint|contre les regles|違 反|违 反"},
	{"country", "country|countries|geoip|geo ip|geo block*|geolocation|geographic*|from your location|from your region|from your area"},
	{"policyrestriction", "" +
		"!policy restriction*|!policy reason*|!local policy|!security reason*|!security policies|!organizational settings|!organisational settings|" +
		"!third party dsn*|!third party dsns|!administrator policy"},
	{"accessdenied", "" +
		"access denied|accesso negato|acceso denegado|zugriff verweigert|acces refuse|permission denied|not authorized|not authorised|unauthorized|" +
		"unauthorised|administrative prohibition|administratively|administratively denied"},
	{"noaccess", "" +
		"no access|access from|not currently accepting mail from|not accepting mail from|not accepting connections from|" +
		"do not accept connections from|not accept connections from|does not accept connections|connections not accepted from|access forbidden|" +
		"forbidden by your|server access forbidden|banned sending"},
	{"noperm", "not have permission|dont have permission|doesnt have permission|no permission|lack permission|lacks permission"},
	{"commandrejected", "command rejected|command refused|command denied|data command failed"},

	// The recipient's mailbox.
	{"disabled", "" +
		"disabled|inactive|inactivated|inactivity|not active|isnt active|deactivat*|suspend*|frozen|locked|closed|terminated|discontinued|deleted|" +
		"removed|expired|cancelled|canceled|on hold|retired|dormant|not activated|not yet activated|switched off|turned off|out of service|" +
		"temporarily disabled|no longer active|no longer in use|no longer used|no longer available|no longer accepts|no longer accepting|" +
		"no longer with|no longer works|no longer employed|no longer a|no longer on|no longer valid|no longer at|has left|left the company|" +
		"has moved|moved to|has changed|have changed|been replaced|been changed|not accepting messages|not accepting mail|not accepting email|" +
		"not enabled|abandoned|deprovisioned|stale|obsolete|hangup|unavailable permanently|never logged|over a year|desactive*|inactif|suspendu*|" +
		"ferme|resilie*|deaktiviert*|gesperrt*|inaktiv*|stillgelegt|geloscht|deshabilitad*|desactivad*|inactiv*|suspendid*|desativad*|" +
		"bloccata per inattivita|disabilitat*|disattivat*|sospes*|scadut*|nieaktywn*|zawieszon*|wylaczon*|neaktivni|zrusen*|uitgeschakeld|" +
		"niet actief|opgeheven|suletud|blokeeritud|отключ*|неактив*|приостанов*|заморож*|удален*|无 效 用 户|停 用|禁 用|冻 结|凍 結|锁 定|停 止|無 効 に な|已 注 销|" +
		"已 过 期|已 停|should log in|log in to enable|never logged in|never logged onto|logged onto|hasnt entered|has not entered|not entered|" +
		"extended inactivity|long time inactivity|unused|not used|not in use|receiving disabled|mail receiving disabled|temporarily inactive|" +
		"inactive user|user inactive|is inactive|account inactive|no longer accept*|no longer being|no longer monitored|mailbox closed|" +
		"account closed|user closed|expired account|is blocked due to|account unavailable|been deactivated|been disabled|been suspended|" +
		"been closed|been terminated|been deleted|is frozen|is suspended|is locked|is closed|user hangup|not activated yet|ceased|been cancelled|" +
		"left the organi*|left our company|is no more|quit the company|not monitored|!not accepting any mail|not accepting any|over aged|" +
		"is no longer|n accepte plus|naccepte plus|a change|adresse a change|compte desactive|compte suspendu|compte ferme|boite desactivee|" +
		"konto gesperrt|konto deaktiviert|postfach deaktiviert|postfach gesperrt|cuenta deshabilitada|cuenta suspendida|cuenta desactivada|" +
		"cuenta bloqueada|conta suspensa|conta desativada|conta bloqueada|account sospeso|casella disattivata|casella sospesa|konto zablokowane|" +
		"konto zawieszone|konto nieaktywne|ucet je zrusen|ящик заблокирован|ящик отключен|аккаунт заблокирован|пользователь заблокирован|" +
		"长 时 间 未 登 录|未 登 录 处 于|休 眠|休 眠 状 态|未 开 通|已 冻 结|被 冻 结|已 禁 用|被 禁 用|已 停 用|账 号 异 常|已 删 除|利 用 停 止|無 効 な ア カ ウ ン ト|解 約|" +
		"account temporarily unavailable|account is temporarily unavailable|account is unavailable|account is expired|inactive as unread|" +
		"account expired"},
	{"full", "" +
		"full|over quota|overquota|quota exceeded|exceeded quota|exceeds quota|exceed quota|quota full|quota|overdrawn|out of space|over its quota|" +
		"over the quota|storage limit|storage space|mailbox size limit|exceeded storage|storage allocation|out of storage|size of the mailbox|" +
		"no space|not enough space|not enough storage|insufficient space|disk quota|disk full|diskspace|exceeds allowed|maximum storage|too full|" +
		"mailbox limit|over limit|exceeded its|pleine|plein|saturee|quota depasse|voll|uberfullt|speicherplatz|llen*|llena|lleno|cheia|cheio|cuota|" +
		"excedid*|piena|pieno|pelna|przepelnion*|pln*|plna|vol|postbus vol|tais|переполн*|квот*|満 杯|い っ ぱ い|容 量|已 满|已 滿|空 间 不 足|超 出 容 量|满|" +
		"quotaexceed*|out of quota|spazio esaurito"},
	{"overquota", "" +
		"maximum allowed storage|allowed storage|disk space|not enough storage|not enough space|kontingent*|storage space|insufficient disk|" +
		"storage quota|out of storage|!too many messages on|!too many messages in|!too many mails in|!too many mails on|!zuviele mails|" +
		"zu viele mails auf|exhausted|speichervolumen|over quota|overquota|quota exceeded|exceeded quota|exceeds quota|over its quota|" +
		"over the quota|over allowed quota|over the allowed quota|storage allocation|mailbox full|mailbox is full|quota depasse|quota exceed*|" +
		"quota is exceed*|exceed* quota|exceed* the quota|exceeding quota|out of quota|quota is over|over quote|quota over|quota reached|" +
		"quota has been|quota violation|quota limit|overdrawn|shutoff quota*|quotaexceed*|storage is full|space has used|space used up|used up|" +
		"no space left|mail box space|mailbox space|box space|would exceed quota|would exceed|trouble in home directory|dropfile size|maildir over|" +
		"mailfolder is full|exceeded the limit of mailbox|mailbox size exceed*|mailbox exceed*|mailbox limit exceed*|mailbox has exceeded|" +
		"inbox is full|zuviele mails auf|spazio esaurito|storage exceeded|exceeded storage|disk space exceeded|message count quota|" +
		"too many messages in mailbox|!quota limit exceeded|!quota limit|boite pleine|boite aux lettres pleine|quota atteint|postfach ist voll|" +
		"postfach voll|postfach des empfangers ist voll|speicherplatz erschopft|speicherplatz des kontos|kontingent erschopft|buzon lleno|" +
		"buzon esta lleno|cuota excedida|casilla llena|bandeja llena|espacio insuficiente|caixa cheia|caixa postal cheia|cota excedida|" +
		"quota excedida|casella piena|casella di posta piena|spazio insufficiente|skrzynka pelna|skrzynka przepelniona|brak miejsca|" +
		"przekroczono pojemnosc|schranka je plna|schranka plna|postvak vol|postbus vol|ящик переполнен|превышена квота|недостаточно места|" +
		"квота превышена|邮 箱 已 满|收 件 箱 已 满|空 间 不 足|容 量 已 满|容 量 不 足|邮 箱 空 间|超 出 容 量|メ ー ル ボ ッ ク ス が 一 杯|メ ー ル ボ ッ ク ス が い っ ぱ い|容 量 を 超 え|" +
		"保 存 容 量 が 不 足|空 き 容 量"},
	{"limit", "limit|limits|exceeded the limit*|exceeded its limit|allowed|maximum"},
	{"restricted", "" +
		"public folder|!personal block list|!users block list|!users personal block list|!recipients block list|!blocked senders list|" +
		"!personal blacklist|does not accept mail from|over internet|by the recipient|by recipient|by this recipient|by the user|by this user|" +
		"restricted|restrict*|not a member|not member|non member*|nonmember*|members only|subscribers only|only subscribers|only members|" +
		"only accepts|accepts mail only|accept mail only|accepts messages only|private list|private|not allowed to send to|" +
		"not permitted to send to|not authorized to send to|permission to send|permission to post|permissions to post|not subscribed|subscriber to|" +
		"allowed senders|allowed sender|approved sender*|whitelist only|internal only|internal use|internal recipients|closed list|moderated|" +
		"moderator*|closed group|blocked by recipient*|recipient has blocked|recipient blocked|recipient refuses|refused to receive|" +
		"refuses to receive|user blocked you|has blocked|blocked you|blocked senders|blocked sender|blocked by user|block sender|sender blacklist|" +
		"senders blacklist|user rejected|personal block*|does not want|doesnt want|not want to receive|not wish to receive|rejected by recipient|" +
		"rejected by the recipient|rejected by user|challenge|only receive|only receives|not accept messages from outside|outside|external sender*|" +
		"requireauth*|requires that all senders|delivery restriction|not permitted to use this|allowed to post|posting|post to|権 限|只 接 收|仅 接 收|" +
		"拒 收 该|只 接 受|only accepting|only accept*|accepting mail from|accepts mail from|accept mail from|mail from specific|allowed to receive mail|" +
		"allowed to receive mails|not allowed to receive|receive mail from you|receive mails from you|mails from you|mail from you|known senders|" +
		"from known|accepts mail from known|specific email address*|specific senders|blocked by the recipient|blocked by recipient|" +
		"user in blacklist|been blocked by the user|is not subscribed|subscribed to|not subscribed to|to subscribe|list members|member of this|" +
		"members of this|restricted to|recipient does not want|recipients policy|recipient policy|recipient has restricted|approved list|" +
		"not on the whitelist|permitted senders|sender is blocked|badmailfrom|sender blacklisted|blacklisted sender|denied by recipient|" +
		"refused by the recipient|refused by recipient|by the mailbox owner|user preference*|only allows|user rules|!recipient preferences|" +
		"pre approved|rule imposed|rst notauthorized|in my black list|in my blacklist|my black list|challenge response|badmailfrom list|badsenders|" +
		"envelope sender has been denied|doesnt want your mail|does not want your mail|dont want your mail|want your mail|" +
		"recipient email address has been blocked|收 件 人 拒 收|被 收 件 人 拒 收|拒 收 该 发 件 人|加 入 黑 名 单|收 件 人 黑 名 单|dont want your email|" +
		"doesnt want your email|does not want your email|want your email"},
	{"spoofrule", "anti spoofing|antispoofing|anti spoof|antispoof|spoofing policy|spoof policy|spoofing rule|spoof protection|spoofing protection"},
	{"grouprule", "" +
		"requireauth*|resolver rst authrequired|resolver rst not authorized|rst authrequired|authrequired|requires that all senders|" +
		"restricted to internal|only accept messages from people in|not authenticated for group|not authenticated for mailbox|" +
		"authenticated for group|delivery restriction check|delivery restriction|only takes mail from|takes mail only from|only takes mail|" +
		"only takes messages from|accepts mail only from|only accepts mail from|only accept mail from"},
	{"unavailable", "" +
		"!mailbox unavailable|!mailbox not available|!mailbox is unavailable|!mailbox is not available|!mailbox currently unavailable|" +
		"!mailbox temporarily unavailable|!user unavailable|!recipient unavailable|!account unavailable|!account not available|!user not available|" +
		"mailbox disabled or|boite aux lettres non disponible|boite aux lettres indisponible|boite non disponible|buzon no disponible|" +
		"casella non disponibile|postfach nicht verfugbar|skrzynka niedostepna|ящик недоступен|caixa postal indisponivel|邮 箱 不 可 用|" +
		"メ ー ル ボ ッ ク ス は 利 用 で き ま せ ん"},
	{"undeliver", "" +
		"undeliverable|not deliverable|undelivered|cannot be delivered|not delivered|could not be delivered|couldnt be delivered"},

	// Amounts and times.
	{"rate", "" +
		"denial of service|rate|rates|rate limit*|ratelimit*|throttl*|too many messages|too many connections|too many concurrent|too many emails|" +
		"too many mails|too many sessions|too many errors|too many invalid|too many failed|too many bad|too many commands|too many unknown|" +
		"too many requests|too many smtp|too many simultaneous|too many from|too many hosts|!too many unauthenticated|too many same|too much mail|" +
		"too much traffic|too fast|too frequent*|too often|too quickly|concurrent connection*|concurrent smtp|simultaneous*|concurrency|" +
		"connection limit|connections limit|connection rate|connection frequency|message limit|messages per|mails per|emails per|per hour|" +
		"per minute|per second|per day|per connection|hourly|daily|daily limit*|sending limit*|send limit*|sending quota|send quota|" +
		"submission quota|receiving limit|receive limit*|outbound limit|message count|excessive volume|high volume|excessive rate|unusual rate|" +
		"exceeded the rate|exceeded limit*|exceeded the maximum number|exceeded the limit*|exceeds the limit*|limit exceeded|limits exceeded|" +
		"limit reached|limit of messages|limit for|reached its limit|reached the limit|reached a limit|max connections|max messages|" +
		"maximum connections|maximum number of messages|maximum number of connections|max message per|max conn|slow down|slowdown|flood*|" +
		"mail bomb*|burst|volume|tarpit*|reduce your|reduce the number of connections|trop de connexions|trop de messages|trop de|ralentissez|" +
		"zu viele|zu viele verbindungen|demasiad*|excesso de|limite de envio|limite orario|troppe connessioni|troppi messaggi|za duzo|zbyt wiele|" +
		"zbyt duzo|prilis mnoho|te veel|слишком много|превышен*|频 率|过 多|超 过 限 制|超 出 限 制|連 続|制 限|送 信 数|too much email|too many email|short period|" +
		"short time|received too much|too many mail|too many sessions opened|emails per hour|max emails per|exceeded an hourly|hourly sending|" +
		"sending too|maximum credits|credits exceeded|message rate|submission rate|connection count|open too many|number of messages|" +
		"number of emails|exceeded its quota for|rate exceeded|over rate|too busy for|max defers|high volume of|recipients per hour|per interval|" +
		"per time period|message throttled|please slow|sessions from your|!too many invalid|!too many unknown|!too many bad|throttling failure|" +
		"sending rate exceeded|per domain connection limit|at maximum connection limit|maximum sending rate|!high number of invalid recipients|" +
		"!number of invalid recipients|!many invalid recipients|high number of|rythme|rythme trop eleve|trop eleve|trop rapide|trop d emails|" +
		"trop de mails|limite d envoi|limite de|zu schnell|zu haufig|zu viele mails|zu viele nachrichten|zu viele anfragen|ratenbegrenzung|" +
		"demasiado rapido|demasiados correos|demasiados mensajes|demasiadas conexiones|limite de envios|limite de mensajes|muitas mensagens|" +
		"muitas conexoes|muitos emails|troppi invii|troppe email|troppo velocemente|limite di invio|zbyt szybko|przekroczono limit|" +
		"przekroczony limit|prilis rychle|te snel|te veel berichten|слишком часто|слишком быстро|превышен лимит|лимит|лимита|发 信 频 率|频 率 过 高|" +
		"频 率 限 制|发 送 频 率|超 过 上 限|数 量 超 过|连 接 数 过 大|并 发 连 接|发 送 过 于 频 繁|太 频 繁|送 信 数 の 制 限|送 信 制 限|hourly quota|daily quota|daily sending|" +
		"sending limit|message quota|sending quota exceeded|frequency limited|frequency limit*|limited frequency|mail bomb"},
	{"qqlimit", "!mailbox unavailable or access denied"},
	{"manyrcpt", "" +
		"separate transaction|too many recipient*|too many rcpt*|recipients limit|recipient limit*|recipients exceed*|number of recipients|" +
		"maximum recipients|max recipients|max rcpt*|limit of recipients|rcpt count|only one recipient|one recipient*|multiple recipients|" +
		"many recipients|recipient count|excessive recipients|excessive number of recipients|recipients exceeded|trop de destinataires|" +
		"zu viele empfanger|demasiados destinatarios|troppi destinatari|zbyt wielu odbiorcow|prilis mnoho prijemcu|te veel ontvangers|" +
		"слишком много получател*|收 件 人 过 多|收 件 人 数|rcpt numbers|rcpt number|allow rcpt|allowed rcpt numbers"},
	{"fewer", "" +
		"recipients per message|recipients per mail|recipients per connection|recipients per session|recipients per email|recipients in one|" +
		"recipients in a single"},
	{"grey", "" +
		"internal resource temporarily|internal resources temporarily|internal resources are temporarily|greylist*|graylist*|grey list*|gray list*|" +
		"grey listed|gray listed|greylisting|graylisting|gris|liste grise|postgrey|tuxgrey|sqlgrey|milter greylist|greyfix|greywall|greytrap*|" +
		"early retry|too early|come back later|!first time sender|first contact|not yet authorized|not yet authorised|not yet been authorized|" +
		"try again in|retry in|retry after|retry timeout not|temporarily blocked for|unfamiliar|not seen before|new sender|listas grises|" +
		"lista gris|серый спис*|серых спис*|灰 名 单|グ レ イ リ ス ト|graylisted|grey listing|delaying|delayed delivery by|internal resource is temporarily"},
	{"later", "" +
		"try again*|try later|later|retry|retr*|temporar*|temporarily|deferred|defer|deferral|tempfail*|transient|at this time|at the moment|" +
		"currently|momentarily|soon|wait|again|ulterieurement|plus tard|reessay*|temporair*|spater*|spaeter|vorubergehend|zeitweilig|erneut|" +
		"mas tarde|temporal*|piu tardi|temporane*|pozniej|chwilow*|tymczas*|pozdeji|docasn*|probeer|tijdelijk|hiljem|ajutine|позже|времен*|稍 后|" +
		"稍 後|后 再|後 で|暂 时|一 時"},
	{"deferred", "deferred|deferral|defer|defers|deferring"},
	{"delivering", "" +
		"no need to resend|do not need to resend|dont need to resend|not need to resend|still trying|still being|will continue|continue trying|" +
		"attempts will continue|will be retried|will keep trying|keep trying|not yet been delivered|has not yet been|not yet received|" +
		"delivery delay*|delayed|action delayed|message delayed|will try for|no action is required|warning message only|this is a warning|" +
		"warning only|will retry|have not yet|will retry until|en cours de|verzoger*"},
	{"expired", "" +
		"could not be delivered for|not delivered within|delivery time expired|message expired|!queue too long|!in the queue too long|" +
		"maximum time expired|no longer be attempted|will be deleted from queue|been deferred too long|message timed out|message has expired|" +
		"gave up|giving up|deleted from queue|removed from queue|max lifetime|too old|!retry timeout exceeded"},

	// Relaying, accounts, permissions, callouts.
	{"relay", "" +
		"relay|relays|relayed|relaying|relay access|relay denied|relaying denied|relay access denied|relay not permitted|rcpthosts|" +
		"open relay not allowed|not local|nonlocal|non local|local user only|not our domain|not a local|not handled here|not hosted here|" +
		"not gateway|we do not relay|unable to relay|cannot relay|not a mail relay|not serve|do not serve|not configured to relay|authorized relay|" +
		"relais|relayage|weiterleitung*|ретрансл*|пересыл*|中 继|转 发|中 継|relais refuse|retransmis*|reenvio|przekazywan*|inoltro|handle mail for|" +
		"handle mail|dont handle|not handle|dont accept mail for|not accept mail for|nonlocal recipient|non accepted domain|no relay*|open relay|" +
		"outside domain|external domain*|remote domains|remote addresses|sending to remote|remote sending|local users only|local domain|" +
		"not local domain|not a local domain|host list|not relay*|relay is|does not relay|relay for|gatewaying|from your location|relais interdit|" +
		"relais non autorise|weiterleitung nicht erlaubt|relay verweigert|reenvio no permitido|reenvio denegado|relay no permitido|" +
		"relay nao permitido|relay non consentito|przekazywanie niedozwolone|ретрансляция запрещена|пересылка запрещена|relay disabled|禁 止 转 发|" +
		"不 允 许 转 发|中 継 が 拒 否|中 継 拒 否"},
	{"relaydenied", "" +
		"relaying denied|relay denied|relaying is denied|relaying not permitted|relay not permitted|relay access denied|relaying disallowed"},
	{"rcpthosts", "rcpthosts|allowed rcpthosts|my list of allowed"},
	{"smtpauth", "" +
		"has no permission|dauthentification|code d authentification|identifiants|authentification invalide|credentials invalid|" +
		"invalid credentials|advertise auth|auth capability|advertise smtp auth|not support auth*|smtp auth|smtp authentication|auth required|" +
		"authentication required|authentication is required|authentication needed|requires authentication|require authentication|must authenticate|" +
		"must be authenticated|must first authenticate|please authenticate|need to authenticate|needs to authenticate|not authenticated|" +
		"authentication failed|authentication failure|authentication fails|authentication unsuccessful|authentication credentials|" +
		"authentication credentials invalid|authentication invalid|authentication rejected|authentication error|authentication mechanism*|" +
		"auth mechanism*|auth fail*|auth command|auth first|auth login|auth plain|auth not|no auth|authenticate first|login failed|login fail*|" +
		"log in|logon fail*|login|sign in|username and password|user name and password|username or password|password|passwords|credential*|" +
		"bad credentials|pop before smtp|check your mail first|smtpclientauthentication|basic authentication|oauth*|application specific password|" +
		"app password|sasl*|authentification requise|identification requise|mot de passe|anmeldung|passwort|kennwort|contrasena|autenticacion|" +
		"autenticazione|uwierzyteln*|haslo|overeni|heslo|пароль|пароля|авторизац*|аутентификац*|認 証|认 证|密 码|登 录|登 陆|" +
		"not permitted to relay through this server without authentication|outgoing mail|fail authentication|failed authentication|failed auth|" +
		"fail auth*|authentication fail*|auth* required|receive your mail before|check your mail before|check mail via pop3|check mail first|" +
		"pop3 first|pop first|must login|need to login|not logged in|havent logged|have not logged|sender is not authenticated|" +
		"client is not authenticated|auth error|has not authenticated|not authenticate|authenticate with|smtp auth required|" +
		"smtp authentication required|account password|wrong password|invalid password|bad password|bad username|incorrect password|" +
		"incorrect username|incorrect login|user has no permission|authorization code|authorization failed|authorisation failed|" +
		"sasl authentication failed|sasl login|535|authentifizierung erforderlich|anmeldung erforderlich|se requiere autenticacion|" +
		"requiere autenticacion|autenticacion fallida|autenticacao necessaria|falha na autenticacao|autenticazione richiesta|" +
		"autenticazione fallita|wymagane uwierzytelnienie|wymaga uwierzytelnienia|blad uwierzytelniania|overeni selhalo|требуется аутентификация|" +
		"требуется авторизация|ошибка аутентификации|неверный пароль|неверный логин|身 份 验 证 失 败|认 证 失 败|需 要 认 证|需 要 身 份 验 证|登 录 失 败|密 码 错 误|" +
		"認 証 が 必 要|認 証 に 失 敗"},
	{"authneed", "" +
		"requires authentication|require authentication|authentication required|authentication is required|authentication needed|auth required|" +
		"must authenticate|must be authenticated|please authenticate|need to authenticate|needs to authenticate|authenticate first|" +
		"authenticate before|auth first|allowed with authentication|only with authentication|without authentication|use smtp auth|using smtp auth|" +
		"need ehlo and auth|need auth|need auth first|must first authenticate|smtp authentication is required|smtp auth is required|" +
		"must use smtp auth|!unauthenticated sender*|!unauthenticated client*|!unauthenticated user*|!unauthenticated connection*|" +
		"!unauthenticated smtp"},
	{"identity", "" +
		"must equal|must be equal|must match the|not the owner|not owner|!from sending|!suspended from sending|!blocked from sending|" +
		"not in my domain|not my domain|not our domain|not a local sender|not local sender|not one of your|not your address|not owned by|send as|" +
		"sendas|send on behalf|send mail as|not verified|is not verified|verified identity|unverified|verify your|verify a sender|verified sender*|" +
		"verified domain|identities|identity|sender identity|impersonat*|not allowed to send from|not permitted to send from|" +
		"not authorized to send from|not authorised to send from|not allowed to use|allowed to send mail as|authorized to use this|" +
		"authorized sender*|sender not allowed|sender not permitted|sender is not allowed|sender not authorized|sender not authorised|" +
		"from not owned|belong to|belongs to|doesnt belong|does not belong|not belong|not match authenticated|not match the authenticated|" +
		"authenticated user|login user|logged in user|outbound sender|outbound|bad outbound sender|sender denied|sender rejected by|" +
		"sending has been|sending is|sending suspended|sending paused|paused|not allowed to send mail|not allowed to send email*|" +
		"not permitted to send mail|not permitted to send email*|not authorized to send mail|not authorized to send email*|unable to send|" +
		"cannot send|disabled from sending|!your account|account has been|from address verif*|sender signature|envoyer en tant que|spoofing|" +
		"发 件 人 不 一 致|fake sender|same as authorization user|must be same as|same as authorization|same as the auth*|match the login|match login|" +
		"match your login|mail from must|authorization user|does not have permissions to send|permissions to send|permission to send as|" +
		"werent recognized as a valid sender|recognized as a valid sender|valid sender|not a valid sender|outgoing mail disabled|outgoing blocked|" +
		"outgoing disabled|email outgoing blocked|sending disabled|sending blocked|blocked for sending|email address is not verified|" +
		"address is not verified|sender not verified|sender is not verified|not a verified|domain is not verified|domain not verified|" +
		"unverified domain|unverified sender|invalid mail from|no permission to send|authorized to send from|from address not|from address is not|" +
		"sender mismatch|envelope sender mismatch|mismatch with header from|not owned|compromised account|your mailbox has been|your account is|" +
		"!relaying disallowed as|!disallowed as|!outgoing email disabled|!has outgoing email disabled|registered gateway user|verify your identity|" +
		"message sending for|sending for this account|sending is disabled|sending has been disabled|sending for your account|envoi desactive|" +
		"envio bloqueado|envio deshabilitado|invio disabilitato|invio bloccato|wysylanie zablokowane|отправка запрещена|отправка писем запрещена|" +
		"不 允 许 发 信|禁 止 发 信|发 信 权 限|!sending for this account|!message sending for this account|your own email address|verify a domain|" +
		"verify your domain|add and verify|disabled by user|unusual sending activity|unusual activity|unblockme|sendas denied|send as denied|" +
		"sender address is unauthorized|unauthorized sender*|sender unauthorized|account is not allowed to send|account is under review|" +
		"account has been suspended from|outbound messages blocked|unconfigured sending domain|unconfigured sender|unconfigured domain|" +
		"sending domain not configured|sender is not authorized|sender is not authorised|barred from sending|banned from sending|" +
		"prevented from sending"},
	{"compromised", "compromised|account hacked|has been hacked|account hijacked|hijacked account"},
	{"verify", "" +
		"sender verify|sender verif*|senders verif*|callout*|call out|call back|callback*|verification failed|verification problem|verify failed|" +
		"address verification|address verify|verify sender|verifying sender|verify the sender|verify your address|could not verify|cannot verify|" +
		"could not be verified|cannot be verified|unverifiable|unverified address|address undeliverable|sender address undeliverable|" +
		"undeliverable address|unable to verify|unable to validate|sender undeliverable|verification in progress|非 法 发 件|проверк*|" +
		"verification error|verification failure|verify error|failed verification|could not be verified as|could not verify sender|" +
		"undeliverable sender"},
	{"verifyfailed", "verification failed|address verification|could not complete sender verif*"},
	{"callout", "" +
		"callout*|call out|callback*|callout verification|verify callout|sender verify callout|!sender verify failed|!sender verify fail*|" +
		"postmaster verification|verification failed while checking|verification failed for"},

	// The message.
	{"spam", "" +
		"spam|spams|spammy|spamm*|antispam|anti spam|junk|uce|ube|unsolicited|bulk|bulk mail|phish*|scam|fraud*|spamassassin|bayes*|spam score|" +
		"spamlike|likely suspicious|suspicious content|looks like spam|spam content|bulk email|mass mail*|advertis*|commercial|pourriel*|" +
		"indesirable*|contenu non sollicite|non sollicite*|unerwunscht*|werbung|correo no deseado|basura|no deseado|spam nachricht|" +
		"posta indesiderata|niechcian*|nevyzadan*|ongewenst*|rampspost|спам*|нежелательн*|迷 惑 メ ー ル|ス パ ム|垃 圾|广 告|unsolicit*|spamrejection|" +
		"spamcheck|dcc|bogofilter|possibly spam|probably spam|antispam check*|spam score*|spam detection|spam filter*|spam policy|spamminess|" +
		"suspicion of spam|suspected spam|junk mail|bulk rejected|rejected as bulk|no spam|spam lik*|spambot|spam bomb|identified as spam|" +
		"spam engine|marked as spam|被 认 定 为 垃 圾 邮 件|反 垃 圾|疑 似 垃 圾|correo basura|publicidad|propaganda|spamowa|spamu|spamem|нежелательная|" +
		"нежелательное|рассылк*|als spam|comme spam|como spam|come spam|jako spam|spamtext|spam text|spam client|spam url|contains spam|spam block|" +
		"spam found|spam limit|spamtrap technology|spam trap technology|scored points|message scored|scored as spam"},
	{"content", "" +
		"content|contents|message content|body|subject|message body|message contains|contains|text|contenu|inhalt|contenido|contenuto|tresc*|obsah|" +
		"内 容|正 文|本 文|содержим*|keyword*|word|words|phrase*|fingerprint*|signature match*|score|scored|filter|filters|filtered|filtering|" +
		"scanner|content filter|content reject*|classified|judged|detected as|identified as|considered|dspam|cloudmark|brightmail|vade*|rspamd"},
	{"contentword", "words|keyword*|phrases|phrase"},
	{"contentpolicy", "" +
		"!content restriction*|!content polic*|!objectionable content|!unacceptable content|!prohibited content|!inappropriate content|" +
		"!content not allowed|!content denied|!mail content denied|!content rejected|!content reject|!reject content|!rejected content|" +
		"!sensitive word*|!sensitive content|!blocked word*|!forbidden word*|!banned word*|!forbidden phrase*|!words in the message|" +
		"!invalid message content|!suspicious content|!content filter*|!content inspection|!phone number filter|!spam url*|!spam link*|" +
		"!banned content|!rejecting banned content|!spam bomb|spamurl"},
	{"filtered", "" +
		"filtered|filtering|message filter*|content filter*|was filtered|quarantin*|held for|message held|human verification|on hold|content filter"},
	{"virus", "" +
		"potential security issue|security threat|virus|viruses|viral|malware|malicious|infected|infection|trojan*|worm|worms|ransomware|clamav|" +
		"eicar|sophos|sanesecurity|malicious code|malicious attachment|вирус*|病 毒|ウ イ ル ス|virusinfi*|schadsoft*|security issue|security risk|" +
		"found virus|clam av|virus found|dangerous content|eicar*|malware*|trojan|phishing attachment"},
	{"attachment", "" +
		"attachment*|attached file*|executable*|banned file*|file type*|filetype*|file extension*|extension*|zip|exe|rar|archive|macro*|file name*|" +
		"filename*|banned content|mime banned file|forbidden file|dangerous|piece jointe|pieces jointes|anhang*|anhange|adjunto*|allegat*|" +
		"zalacznik*|priloh*|bijlage*|manus*|вложен*|附 件|添 付|executable attachment|!accepting mail with attachments|!accepting mail with attachment|" +
		"!messages containing images|!mail with attachments|attach|attach type|attachment type|attach types|piece attachee|fichier joint|" +
		"angehangte datei|archivo adjunto|tipo de archivo|tipo di file|typ pliku|файл*"},
	{"size", "" +
		"size|sizes|message size|too large|too big|too long|toolarge|oversize*|oversized|exceeded size|maximum size|max size|size limit*|" +
		"message length|length limit|larger than|large|big|maximum message size|fixed maximum|fixed limit|megabyte*|bytes|kb|mb|taille|" +
		"trop volumineu*|trop grand*|trop gros*|zu gross|grosse|tamano|demasiado grande|tamanho|dimension*|troppo grande|rozmiar*|za duz*|velikost|" +
		"prilis velk*|te groot|grootte|liiga suur|размер*|слишком больш*|サ イ ズ|大 き|大 小|过 大|太 大|体 积|mailsize"},
	{"toobig", "" +
		"too large|too big|oversize*|size limit*|exceeds size|exceeds the size|exceeded size|exceeded the size|exceeds maximum|exceeds the maximum|" +
		"exceeds max|maximum size|maximum message size|maximum incoming message size|inbound message size|max message size|message size exceed*|" +
		"size exceed*|size exceeds|message too long|message length exceed*|length exceed*|larger than the|message is larger|too many attachments|" +
		"number of attachments|trop volumineu*|zu gross|zu gros|demasiado grande|troppo grande|za duz*|prilis velk*|te groot|liiga suur|" +
		"слишком больш*|过 大|太 大|exceeds size limit|exceed size|exceeds fixed|size exceeds fixed|mailsize|mailsize limit|mail size|mail size limit|" +
		"email size|email size exceed*|size exceeded|size is too|exceeded mailsize|exceed the size|exceed* maximum size|too large for|larger than|" +
		"bigger than|maximum allowed size|maximum allowed message size|maximum permitted size|message length|max length|size of the message|" +
		"too big to|message size limit|attachment count|attachment limit|attachment size|size restriction*|over size|over the size|data size|" +
		"body size|trop volumineux|message trop gros|message trop long|nachricht zu gross|mensaje demasiado grande|supera el tamano|" +
		"excede el tamano|tamanho maximo|excede o tamanho|messaggio troppo grande|supera la dimensione|wiadomosc za duza|przekracza rozmiar|" +
		"zprava je prilis velka|bericht is te groot|слишком большое|превышен размер|размер письма|邮 件 过 大|邮 件 太 大|超 过 大 小|大 小 超 过|サ イ ズ を 超 え|" +
		"大 き す ぎ"},
	{"message", "message|messages|mail|mails|email message|letter|msg|data"},
	{"header", "" +
		"header|headers|header field*|!from header|!message id|messageid|date header|subject header|to header|reply to|received header*|header line*|" +
		"kopfzeile*|entete*|en tete*|cabecera*|intestazion*|naglowk*|hlavick*|заголов*|ヘ ッ ダ|邮 件 头|信 头"},
	{"badheader", "" +
		"duplicate header*|duplicated header*|duplicate from|duplicate message id|duplicate subject|duplicate date|multiple from|multiple headers|" +
		"multiple subject|missing header*|missing message id|missing date|missing from|missing subject|missing to|no from|no date|no message id|" +
		"no subject|invalid header*|malformed header*|blank from|blank subject|invalid from|invalid message id|invalid date|from header missing|" +
		"header missing|header is missing|headers missing|header lacks|no valid from|header invalid|header is invalid|headers invalid|" +
		"broken header*|illegal header*|corrupt header*|bad header*|header syntax|headers are|subject is mandatory|subject is required|" +
		"subject required|empty subject|without subject|subject field missing|header field* missing|missing header field*|duplicate header field*|" +
		"bad_header|badheader|headers are not|header is not|header fields are|required header|required headers|rfc compliant headers|" +
		"invalid from header|invalid header field*|no from header|missing from header|missing from field|two from|more than one from|" +
		"multiple from addresses|multiple addresses in from|purported responsible address|line limit|line length|line too long|lines too long"},
	{"format", "" +
		"body type|conform*|rfc standard*|required standard|header line*|longer than|not rfc|!line too long|!line length exceed*|" +
		"!maximum line length|!line is longer|!lines longer|bare lf|bare cr|bare line feed*|bare linefeed*|bare carriage|bare newline*|" +
		"stray newline*|stray line feed*|line feed*|linefeeds|lines too long|line length|long line*|line is too long|binarymime|smtputf8|nul|" +
		"nul character*|null byte*|null character*|non ascii|content transfer encoding|multi part|rfc compliance|non compliant|noncompliant|" +
		"duplicate header*|duplicated header*|multiple from|multiple headers|missing header*|missing message id|missing date|missing from|no from|" +
		"no date|no subject|no message id|invalid header*|malformed header*|malformed mime|malformed message|malformed|blank from|empty message|" +
		"blank subject|blank sender|smuggling|message format|unix line|line end*|!from field|!from header|valid from|required standard*|" +
		"required standards|comply with rfc|compliant with rfc|comply with the rfc|violates rfc|violation of rfc|rfc violation|not conform*|" +
		"does not conform|rfc 5322 compliant|rfc compliant|message parse|parse failed|could not parse|unparsable|unparseable|invalid mime|bad mime|" +
		"broken mime|mime error|mime structure|illegal character*|invalid character*|html tag|lf received|cr received|missing crlf|8 bit|eightbit|" +
		"message structure|message is malformed|invalid message|invalid format|nested too|mime parts|too many mime|mime complexity|" +
		"complexity exceed*|conversion failure|conversion failed|conversion error"},
	{"mime", "" +
		"mime|rfc 5322|rfc5322|rfc 2822|rfc2822|rfc 822|rfc822|rfc 5321|rfc5321|rfc 2821|rfc 2045|8bit|8 bit|8bitmime|eight bit|utf 8|utf8|ascii|" +
		"charset*|character set*|encoding|encoded|boundary|content type|multipart|base64|compliant|compliance|crlf|rfc compliant"},

	// The network, the receiver, the protocol.
	{"loop", "" +
		"points to local host|point to local host|points to localhost|point to localhost|local host is mx|mx points to myself|back to itself|" +
		"circular|routed back|delivered to line|loop|loops|looping|looped|loop detected|hop|hops|hop count|hopcount|too many hops|" +
		"too many received|received headers|received lines|routing loop|mail loop|mail loops|mail forwarding loop|loops back|loops back to myself|" +
		"points back|point back|point to myself|points to myself|already has my delivered|boucle|schleife|bucle|ciclo|petl*|smyck*|зациклив*|петл*|" +
		"循 环|best preference|treat it as local|control locals|control locals file|hop limit|maximum hops|max hops|hops exceeded|too many hop*|" +
		"forwarding loop|mail loop detected|already been here|delivered to header|received headers exceed*|data headers exceed*|number of received|" +
		"count of received|relay loop|dns loop|is looping|!received data headers|!number of received|!received headers|!too many received headers|" +
		"create a mail loop|would create a loop|header counts|received header counts|too many received lines"},
	{"connect", "" +
		"connect|connects|connected|connecting|connection|connections|connexion|conn|conversation|session|socket|network|route|port|channel|" +
		"verbindung*|conexion|connessione|polaczen*|spojeni|verbinding|uhendus*|соединен*|接 続|连 接|連 線|transport|tcp|!remote server|link|" +
		"esmtp not accepting|unreachable for too long"},
	{"timeout", "" +
		"timeout|timeouts|time out|timed out|timedout|timing out|no response|no answer|not responding|did not respond|not respond|doesnt respond|" +
		"does not respond|isnt responding|unresponsive|no reply|expired|message expired|delivery time expired|delivery expired|retry time|" +
		"retry limit*|too old|!in the queue too long|!queue too long|been in the queue|maximum time expired|queue lifetime|lifetime|gave up|" +
		"giving up|give up|could not be delivered for|not delivered for|not delivered within|undelivered for|delivery attempts|max retries|" +
		"retries exceeded|retry time not reached|too many retries|delai|depasse|zeituberschreitung|zeitlimit|tiempo|tempo scaduto|przekroczono|" +
		"vyprsel*|verlopen|тайм* аут*|таймаут*|истек*|タ イ ム ア ウ ト|超 时|逾 時|numerous attempts|already made numerous|attempts to deliver|" +
		"delai d attente|temps d attente depasse|zeitlimit uberschritten|tiempo de espera|tempo esgotado|tempo limite|scaduto il tempo|" +
		"przekroczono czas|время ожидания|超 时 未"},
	{"reach", "reached|reachable|contacted"},
	{"refusedconn", "" +
		"verbindung wurde abgelehnt|verbindung abgelehnt|connexion impossible|conexion rechazada|connection refused|connection was refused|" +
		"refused connection|refused the connection|refuses connection|connection reset*|reset by peer|connection was reset|connection dropped|" +
		"dropped connection|dropped the connection|connection was dropped|closed connection|connection closed|connection was closed|" +
		"connection lost|lost connection|connection died|connection broken|broken pipe|connection failed|connection failure|connection error|" +
		"connection timed out|connect timed out|connection timeout|connection attempt*|connection aborted|connection unexpectedly closed|" +
		"could not connect|couldnt connect|cannot connect|cant connect|unable to connect|failed to connect|failed to establish|" +
		"wasnt able to establish|not able to establish|unable to establish|could not establish|bad connection|no route to host|no route|" +
		"network is unreachable|network unreachable|host unreachable|host is unreachable|host is down|host down|host unavailable|" +
		"destination unreachable|network error|unreachable|cannot reach|could not reach|unable to reach|not reachable|no connection|" +
		"unexpectedly closed|eof|end of file|connexion refusee|unable to transfer|deferred connection|could not contact|could not talk|" +
		"remote end closed|closed by remote|hung up|disconnected|server disconnected|lost input|lost incoming|incoming connection lost|" +
		"connection closing unexpectedly|but connection died|connection was lost|host is not accepting|tcp connection|connection has been closed|" +
		"failed to connect to|failed to make connection|connect failed|connection could not be|socket error|winsock error|session terminated|" +
		"remote host closed|closed the connection|closed connection unexpectedly|connection interrupted|unable to open connection|连 接 被 拒 绝|" +
		"拒 绝 连 接|连 接 失 败|无 法 连 接|连 接 超 时|连 接 中 断|connexion interrompue|verbindung fehlgeschlagen|verbindung getrennt|conexion perdida|" +
		"conexao recusada|connessione rifiutata|connessione interrotta|odmowa polaczenia|polaczenie odrzucone|spojeni odmitnuto|" +
		"соединение отклонено|соединение разорвано|не удалось подключиться|接 続 が 拒 否|接 続 で き ま せ ん|接 続 に 失 敗|unreachable for too long|hung up on us"},
	{"internal", "" +
		"internal failure|internal server|internal processing|internal resource|can not open|errno|write failed|open failed|no such file|" +
		"failed to open|failed to write|could not write|unable to save|unable to store|cant open|cant create|internal error|internal server error|" +
		"internal system error|internal software error|internal problem|system error|server error|local error|local problem|software error|" +
		"processing error|error in processing|local configuration error|configuration error|misconfigur*|configured incorrectly|database*|db error|" +
		"ldap*|sql|mysql|milter|directory|i o error|io error|input output error|input output|file error|disk|disk error|read error|write error|" +
		"permission problem|cannot open|cannot create|cannot write|unable to open|unable to write|unable to switch|unable to create|" +
		"unable to chdir|could not open|can t create|crash*|bug|segfault|queue file|!out of memory|not enough memory|memory|resources|resource*|" +
		"insufficient system|insufficient resources|system storage|insufficient|overload*|load|too busy|busy|system load|high load|load average|" +
		"congest*|maintenance|offline|outage|unavailable|not available|temporary failure|temporary error|temporary problem|temporarily unavailable|" +
		"temporary lookup|temporary local|temporary system|temporary server|system problem|technical*|technische*|storage|backend|" +
		"service unavailable|service not available|service is unavailable|service currently|service temporarily|shutting down|shutdown|" +
		"closing connection|not ready|pfa agent|store driver|storedrv*|mapiexception*|cannot process|unable to process|couldnt process|" +
		"could not process|failed to process|can not process|erreur interne|erreur systeme|serveur indisponible|interner fehler|systemfehler|" +
		"uberlastet|wartung|error interno|errore interno|errore di sistema|blad wewnetrzn*|blad systemu|vnitrni chyba|chyba systemu|interne fout|" +
		"sisemine viga|внутрен*|недоступ*|перегруж*|系 统 错|系 统 繁 忙|内 部 错 误|服 务 不 可 用|服 务 器 忙|内 部 エ ラ ー|シ ス テ ム エ ラ ー|upstream error|agent busy|" +
		"try again due to|mail server is down|server down|server is down|cannot allocate memory|allocate memory|dot lock|lock file|handle timeout|" +
		"opening input|output file|spool|server misconfiguration|configuration problem|server configuration|temporary problem*|server trouble|" +
		"writing to mail file|writing message|deliver exception|delivery exception|backend error|gateway error|could not load|unable to load|" +
		"service failure|home directory|error while being processed|no mdb|because there is no mdb|loop broken|thread limit|" +
		"interrupted system call|mail system full|system full|error while processing|system is busy|server is busy|serveur occupe|" +
		"system ausgelastet|servidor ocupado|sistema ocupado|server occupato|serwer zajety|сервер занят|сервер перегружен|系 统 忙|系 统 错 误|服 务 器 错 误|" +
		"サ ー バ ー エ ラ ー|サ ー バ が 混 雑|service non disponible|manque de ressources|dienst nicht verfugbar|servicio no disponible|servico indisponivel|" +
		"servizio non disponibile|usluga niedostepna|erreur de traitement|erreur locale|technical difficulties|alias database unavailable|" +
		"user output file"},
	{"ostrouble", "" +
		"cannot allocate memory|cant fork|cannot fork|fork failed|allocate memory|input output error|i o error|read only file system|" +
		"too many open files|interrupted system call|no child processes|permission denied command|execvp|run command|file utility|" +
		"cannot create temporary|no space left on device|mkdir|unable to lock|cant open|could not open|cant create|can not open|errno|" +
		"error in processing|scanners failed|scanner failed|processing error|out of disk|disk full error|out of disk space|no disk space|" +
		"insufficient disk space on server"},
	{"command", "" +
		"multi recipient bounce|command|commands|verb|syntax|syntax error|sequence|bad sequence|out of sequence|out of order|parameter|parameters|" +
		"argument|arguments|pipelin*|synchronization|sync error|protocol error|protocol violation|protocol synchronization|unrecognized command|" +
		"command unrecognized|command not recognized|command not recognised|command not implemented|not implemented|unimplemented|command unknown|" +
		"unknown command|unrecognised command|!not recognized|unexpected command|unexpected|bad command|invalid command|nested mail|need mail|" +
		"need rcpt|mail first|rcpt first|helo first|ehlo first|polite people|say helo|say hello|say ehlo|introduce yourself|bdat|chunking|" +
		"identity changes|command expected|data command|команд*|синтакс*|命 令|コ マ ン ド|befehl*|commande*|comando*|unrecognized parameter|" +
		"decode parameter|bare newline*|erreur de syntaxe|commande non reconnue|syntaxfehler|unbekannter befehl|error de sintaxis|" +
		"comando no reconocido|erro de sintaxe|errore di sintassi|comando non riconosciuto|blad skladni|синтаксическая ошибка|bad chars|" +
		"chars in command|语 法 错 误|构 文 エ ラ ー"},
	{"protoerr", "" +
		"pipelin*|synchroni*|out of sequence|bad sequence|nested mail|multi recipient bounce|sender already|protocol error|protocol violation|" +
		"!data command rejected|!end of data command rejected|invalid command|unrecognized parameter|unrecognised parameter|unknown command|" +
		"parameter unrecognized"},

	// What is no refusal.
	{"suppressed", "" +
		"hard bounce*|suppress*|suppression|suppression list|unsubscribed|unsubscribe|previously bounced|bounced address|hard bounced|" +
		"bounced previously|has bounced|previously unsubscribed|global unsubscribe|on your suppression|do not send list|do not email|do not mail|" +
		"donotmail|donotsend|opted out|opt out|marked as spam by|recipient complained|previously complained|complained about your|" +
		"invalid recipient list|bounce list|inactive recipient|bad address list|drop list|not delivering to|email address is on|" +
		"sending to this address|unsubscribed address|spam reporting address|recent history of|history of bounc*|previously bounced email|" +
		"sending to previously|bounced email|hard bounced address|on the suppression|account suppression list|suppressionlist|sending to bounced|" +
		"recipient suppressed|not sending to|email address was suppressed|address suppressed|blocked by suppression"},
	{"success", "" +
		"ok|queued|queued as|accepted|accepted for delivery|message accepted|successfully|delivered to mailbox|has been delivered|was delivered|" +
		"delivered successfully|relayed to|delivery successful|success*|thank you|ready|ready for|service ready|esmtp ready|goodbye|bye|" +
		"closing transmission|go ahead|start mail input|pleased to meet|queued mail for delivery|end data with|sender ok|recipient ok|okay|2 0 0|" +
		"accepted message|mail accepted|nice to meet|has been accepted"},
	{"autoreply", "" +
		"gracias por contactar|gracias por tu|gracias por su|en breve|merci pour votre message|merci de votre message|nous vous repondrons|" +
		"vielen dank fur ihre|vielen dank fuer ihre|grazie per averci|grazie per la|obrigado por|obrigado pelo|dziekujemy za|dekujeme za|" +
		"bedankt voor|have received your|will reply|reply to your|este instante|vacation|out of office|out of the office|out of town|on holiday|" +
		"on leave|annual leave|maternity|parental leave|auto reply|autoreply|automatic reply|auto response|autoresponse|automated response|" +
		"auto responder|autoresponder|away from|i am away|i will be|ill be|i shall be|return on|return to the office|back on|will return|" +
		"will respond|get back to you|thank you for your email|thank you for contacting|your message has been read|read receipt|return receipt|" +
		"your message was read|abwesenheit*|abwesend|nicht im buro|absence du bureau|absent du bureau|reponse automatique|fuera de la oficina|" +
		"respuesta automatica|fuori sede|fuori ufficio|risposta automatica|poza biurem|autoodpowied*|mimo kancelar*|afwezig*|automatisch antwoord|" +
		"vabandust|вне офиса|автоответ*|отпуск*|不 在|自 動 応 答|自 动 回 复|休 假|abuse report|feedback report|feedback loop|complaint report|feedback type|" +
		"ticket has been|your request has been received|ticket created|no access to email|limited access to email|i am out|im out of|" +
		"out of my office|currently away|be away|be out|will be back|be back"},
}
