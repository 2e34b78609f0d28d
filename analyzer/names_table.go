package analyzer

import "strings"

// secretHeads are the words that make a name one of a secret when it ends in
// them.
var secretHeads = merge(
	table(secretPassword, "password passwd passwort passphrase passcode pwd pswd userpass requirepass"),
	table(strongName, "apikey secretkey privatekey authtoken accesstoken bearertoken"),
	table(weakName, "secret secrets token tokens jwt credential credentials creds authorization pass pw psk"),
)

// secretPairs are two words that together name a secret.
var secretPairs = merge(
	pairs(strongName, "api", "key keys secret token pass"),
	pairs(strongName, "access", "key keys secret token"),
	pairs(strongName, "secret", "key keys token"),
	pairs(strongName, "private", "key keys pem token"),
	pairs(strongName, "signing", "key keys secret"), pairs(strongName, "sign", "key secret"), pairs(strongName, "signature", "secret"),
	pairs(strongName, "encryption", "key keys secret"), pairs(strongName, "encrypt", "key"), pairs(strongName, "decryption", "key"), pairs(strongName, "cipher", "key"),
	pairs(strongName, "client", "secret"), pairs(weakName, "consumer", "key"), pairs(strongName, "consumer", "secret"),
	pairs(strongName, "shared", "key secret"), pairs(strongName, "pre", "shared"), pairs(strongName, "master", "key secret"),
	pairs(strongName, "hmac", "key secret"), pairs(strongName, "aes", "key"), pairs(strongName, "jwt", "key secret token"), pairs(strongName, "csrf", "key secret"),
	pairs(strongName, "auth", "key token secret pass"), pairs(strongName, "session", "token secret key"), pairs(weakName, "session", "id"),
	pairs(strongName, "account", "key"), pairs(strongName, "storage", "key"), pairs(strongName, "license", "key"), pairs(strongName, "app", "key secret"),
	pairs(strongName, "webhook", "secret token key"), pairs(strongName, "service", "key"), pairs(strongName, "deploy", "key token"),
	pairs(strongName, "refresh", "token"), pairs(strongName, "bearer", "token"), pairs(strongName, "oauth", "token secret"), pairs(strongName, "bot", "token"),
	pairs(strongName, "connection", "string"), pairs(strongName, "conn", "string str"), pairs(strongName, "connect", "string"),
	pairs(strongName, "root", "token"), pairs(strongName, "admin", "token"), pairs(strongName, "user", "token"),
	pairs(weakName, "recovery", "code codes key"), pairs(strongName, "seed", "phrase"), pairs(strongName, "mnemonic", "phrase"),
)

// qualifiers say whose or what for a weak word's secret is.
var qualifiers = words("sas auth access api bearer refresh session webhook client app user admin root bot github gitlab slack aws azure gcp google stripe twilio telegram " +
	"discord vault consul nomad npm docker registry oauth oidc jwt id login service account deploy ci cd db database master shared personal private my bind smtp " +
	"ldap redis mysql postgres mongo kafka amqp proxy ssh tls webhook signing hmac cloudflare digitalocean sendgrid mailgun datadog sentry influx grafana server x totp otp mfa")

// negativeWords make a name no secret wherever they stand: they say that it
// is about a secret, or hides it.
var negativeWords = words("htpasswd name names path paths file files filename filenames dir folder env header headers url uri urls endpoint prefix suffix regexp regex pattern " +
	"format type types kind field fields label labels length len size count counts counter index idx num max min hash hashes hashed digest fingerprint thumbprint checksum " +
	"encrypted obscured emulator devstore stateless masked redacted obfuscated sanitized hidden tokenizer tokenize tokenization lexer parser parse scanner public pub required require requires " +
	"policy policies expiry expires expiration expire ttl timeout lifetime duration age interval validity strength " +
	"enabled enable disabled disable allow allowed allows valid invalid is has have needs need no without missing unknown unsupported unexpected err error errors " +
	"prompt placeholder message msg help usage description desc text title caption hint tooltip template templates tpl tmpl selector " +
	"flag option param parameter arg attribute attr attrs column annotation property claim claims scope scopes audience issuer subject " +
	"provider handler manager service store storage factory generator validator verifier reviewer resolver lister informer getter source config options " +
	"next prev previous page pagination continue continuation cancel cancellation cancelled sync resume cursor delim delimiter separator close open left right start end " +
	"eof punct keyword ident identifier literal operator comma colon semicolon brace paren bracket whitespace comment tag " +
	"version revision mode state status action request response event events metric metrics cache bucket limit rate quota limiter usage " +
	"test fake mock dummy example sample wrong bad invalid bogus demo ref reference arn locator algorithm alg group map list set")

// passwordWords are negativeWords that may say whose password one is.
var passwordWords = words("service store storage source config options group cache bucket list set map page open close start end left right subject provider " +
	"manager version mode state status request response action event server quota limit rate index api resource tag comment next prev previous first")

// negativeBefore are words that before a secret's word make it something else.
var negativeBefore = mergeSets(both("kube kubernetes k8s", "secret secrets"), mergeSets(mergeSets(mergeSets(both("key", "authorization authorizations"), both("trusted known verify verification", "key keys")), both("csrf xsrf nonce invite challenge acme task lease range work workflow activity callback consistency snapshot barrier ring partition shard progress revision receipt upload download placement delegation cluster eos bos pad padding unk mask cls sep", "token tokens")), both("balance balancer cname verification ownership poller poll reply job operation device push fcm apns registration lock fencing leader etag tx transaction change continuation stop word sub lang ast first last cur current peek "+
	"lookahead prompt completion input output total used remaining unicode erc coin asset governance native reward gas base quote html css json xml yaml sql "+
	"idempotency trace span correlation query search group parse file path line expected found got amz", "token tokens key secret credential")))

// neutralEnds and neutralStarts say how a value is kept, not what it is.
var (
	neutralEnds   = words("value values val str string bytes data raw plain plaintext clear cleartext b base64 b64 hex buf buffer content contents default new old current in out s p pem ptr v x")
	neutralStarts = words("the my our new old default raw plain get read fetch load this a existing initial decoded trimmed tmp const p m str")
)

// besideWords are words of keys under which stands what is known of a secret,
// and valueWords negativeWords of those under which it stands itself.
var (
	besideWords = words("meta metadata id ids accessor address addr host hostname port user username email role roles owner cluster node root leader region zone account " +
		"created updated deleted time date lease renewable mount engine plugin entity alias issuer serial crt")
	valueWords = words("file config env url uri list test")
)

// orderWords start the names of settings that say what to do with secrets.
var orderWords = words("show print hide reveal list rotate generate")

// otherVariables are environment variables that hold no secret, whatever they are
// called: directories of the shell, the path of a file, the number of a session.
var otherVariables = words("PWD OLDPWD GOOGLE_APPLICATION_CREDENTIALS XDG_SESSION_ID")

// joined are words that are one although they are written as two.
var joined = map[string]string{
	"pass word": "password", "pass wd": "passwd", "pass phrase": "passphrase", "pass code": "passcode", "file name": "filename", "ht passwd": "htpasswd", "base 64": "base64",
}

// compounds are two words that are also written as one.
var compounds = map[string]string{
	"apikey": "api key", "apikeys": "api keys", "apitoken": "api token", "apisecret": "api secret", "accesskey": "access key", "accesstoken": "access token",
	"secretkey": "secret key", "secretaccesskey": "secret access key", "privatekey": "private key", "privkey": "private key", "publickey": "public key", "pubkey": "public key",
	"authtoken": "auth token", "authkey": "auth key", "clientsecret": "client secret", "signingkey": "signing key", "encryptionkey": "encryption key",
	"sessionid": "session id", "connectionstring": "connection string", "connstring": "conn string", "connstr": "conn str", "refreshtoken": "refresh token",
	"masterkey": "master key", "sharedkey": "shared key", "hmackey": "hmac key", "dbpassword": "db password", "dbpass": "db pass", "passwordhash": "password hash",
	"secretname": "secret name", "tokenname": "token name", "tokentype": "token type", "passwordfile": "password file", "tokenfile": "token file", "passfile": "pass file",
	"appsecret": "app secret", "appkey": "app key", "userpassword": "user password", "smtppassword": "smtp password", "tokenizer": "tokenizer", "tokensource": "token source",
	"pgpassword": "pg password", "pgpass": "pg pass", "rootpassword": "root password", "adminpassword": "admin password", "adminpass": "admin pass",
}

func words(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

func table(class nameClass, list string) map[string]nameClass {
	m := map[string]nameClass{}
	for w := range strings.FieldsSeq(list) {
		m[w] = class
	}
	return m
}

// pairs returns the pairs of a word with each word of a list.
func pairs(class nameClass, first, list string) map[string]nameClass {
	m := map[string]nameClass{}
	for w := range strings.FieldsSeq(list) {
		m[first+" "+w] = class
	}
	return m
}

func both(firsts, seconds string) map[string]bool {
	m := map[string]bool{}
	for a := range strings.FieldsSeq(firsts) {
		for b := range strings.FieldsSeq(seconds) {
			m[a+" "+b] = true
		}
	}
	return m
}

func mergeSets(a, b map[string]bool) map[string]bool {
	for w := range b {
		a[w] = true
	}
	return a
}

func merge(tables ...map[string]nameClass) map[string]nameClass {
	m := map[string]nameClass{}
	for _, t := range tables {
		for k, v := range t {
			m[k] = max(m[k], v)
		}
	}
	return m
}
