package analyzer

// A sinkKind says what happens to a secret that reaches a sink.
type sinkKind uint8

const (
	sinkLog        sinkKind = iota + 1 // it is written to a log or a stream
	sinkError                          // it becomes a part of an error or a panic
	sinkURL                            // it becomes a part of a URL that is requested
	sinkCredential                     // it is used as a credential
	sinkResponse                       // it is sent to whoever asked
)

// sinkKinds are the kinds by the names that a file of sinks uses.
var sinkKinds = map[string]sinkKind{"log": sinkLog, "error": sinkError, "url": sinkURL, "credential": sinkCredential}

// A sinkRow is a function that a secret should not, or a constant must not, be
// given to. recv is the type of which it is a method, "" for none, "*" for any.
type sinkRow struct {
	pkg, recv, funcs string
	kind             sinkKind
	arg              int  // first argument that counts, 0-based, the receiver apart
	one              bool // no argument after it counts
	format           bool // that argument is a format for those behind
}

// credentialSinks are the functions that take a credential at a place that
// its parameter's name does not give away.
var credentialSinks = []sinkRow{
	{pkg: "crypto/hmac", funcs: "New", arg: 1},
	{pkg: "crypto/aes|crypto/rc4|golang.org/x/crypto/blowfish|golang.org/x/crypto/twofish|golang.org/x/crypto/cast5|golang.org/x/crypto/xtea", funcs: "NewCipher", arg: 0},
	{pkg: "crypto/des", funcs: "NewCipher NewTripleDESCipher", arg: 0},
	{pkg: "golang.org/x/crypto/chacha20poly1305", funcs: "New NewX", arg: 0},
	{pkg: "golang.org/x/crypto/chacha20", funcs: "NewUnauthenticatedCipher", arg: 0},
	{pkg: "golang.org/x/crypto/blake2b|golang.org/x/crypto/blake2s", funcs: "New256 New384 New512 New128", arg: 0},
	{pkg: "golang.org/x/crypto/pbkdf2|golang.org/x/crypto/scrypt|golang.org/x/crypto/argon2", funcs: "Key IDKey", arg: 0},
	{pkg: "golang.org/x/crypto/hkdf|crypto/hkdf", funcs: "New Key Extract", arg: 1},
	{pkg: "crypto/pbkdf2", funcs: "Key", arg: 1},
	{pkg: "net/http", recv: "Request", funcs: "SetBasicAuth", arg: 1},
	{pkg: "net/url", funcs: "UserPassword", arg: 1},
	{pkg: "net/smtp", funcs: "PlainAuth", arg: 2},
	{pkg: "net/smtp", funcs: "CRAMMD5Auth", arg: 1},
	{pkg: "golang.org/x/crypto/ssh", funcs: "Password ParsePrivateKey ParseRawPrivateKey ParsePrivateKeyWithPassphrase", arg: 0},
	{pkg: "golang.org/x/crypto/ssh", funcs: "ParsePrivateKeyWithPassphrase", arg: 1},
	{pkg: "crypto/tls", funcs: "X509KeyPair", arg: 1},
	{pkg: "*/jwt", recv: "Token", funcs: "SignedString", arg: 0},
	{pkg: "*/echo-jwt|github.com/labstack/echo/middleware|github.com/labstack/echo-jwt", funcs: "JWT", arg: 0},
	{pkg: "github.com/gorilla/sessions|github.com/gin-contrib/sessions/cookie|github.com/gin-contrib/sessions/memstore", funcs: "NewCookieStore NewStore", arg: 0},
	{pkg: "github.com/gorilla/securecookie", funcs: "New", arg: 0},
	{pkg: "github.com/gorilla/securecookie", funcs: "New", arg: 1},
	{pkg: "github.com/gorilla/csrf", funcs: "Protect", arg: 0},
	{pkg: "github.com/aws/aws-sdk-go/aws/credentials|github.com/aws/aws-sdk-go-v2/credentials|*/credentials", funcs: "NewStaticCredentials NewStaticCredentialsProvider NewStaticV4 NewStaticV2", arg: 1},
	{pkg: "github.com/Azure/azure-sdk-for-go/...", funcs: "NewSharedKeyCredential NewAzureNamedKeyCredential", arg: 1},
	{pkg: "github.com/Azure/azure-sdk-for-go/...", funcs: "NewClientSecretCredential", arg: 2},
	{pkg: "github.com/Azure/azure-sdk-for-go/...", funcs: "NewKeyCredential", arg: 0},
	{pkg: "google.golang.org/api/option", funcs: "WithAPIKey WithCredentialsJSON", arg: 0},
	{pkg: "golang.org/x/oauth2/google", funcs: "CredentialsFromJSON", arg: 1},
	{pkg: "golang.org/x/oauth2/google", funcs: "JWTConfigFromJSON", arg: 0},
	{pkg: "github.com/go-ldap/ldap|gopkg.in/ldap", recv: "Conn", funcs: "Bind MD5Bind", arg: 1},
	{pkg: "github.com/slack-go/slack", funcs: "New", arg: 0},
	{pkg: "github.com/hashicorp/vault/api", recv: "Client", funcs: "SetToken", arg: 0},
	{pkg: "github.com/bwmarrin/discordgo", funcs: "New", arg: 0},
	{pkg: "github.com/sashabaranov/go-openai", funcs: "NewClient", arg: 0},
	{pkg: "github.com/go-resty/resty|resty.dev", recv: "*", funcs: "SetAuthToken", arg: 0},
	{pkg: "github.com/stripe/stripe-go/webhook", funcs: "ConstructEvent ConstructEventWithOptions ConstructEventWithTolerance ValidatePayload", arg: 2},
	{pkg: "github.com/google/go-github/github", funcs: "ValidatePayload", arg: 1},
	{pkg: "github.com/google/go-github/github", funcs: "ValidateSignature", arg: 2},
	{pkg: "github.com/go-playground/webhooks/...", recv: "*", funcs: "Secret UUID", arg: 0},
	{pkg: "github.com/slack-go/slack", funcs: "NewSecretsVerifier", arg: 1},
	{pkg: "github.com/svix/svix-webhooks/go|github.com/standard-webhooks/standard-webhooks/libraries/go", funcs: "NewWebhook", arg: 0},
	{pkg: "github.com/twilio/twilio-go/client", funcs: "NewRequestValidator", arg: 0},
	{pkg: "github.com/go-ldap/ldap|gopkg.in/ldap", recv: "Conn", funcs: "NTLMBind MD5Bind", arg: 2},
	{pkg: "github.com/lestrrat-go/jwx/...", funcs: "WithKey", arg: 1},
	{pkg: "github.com/lestrrat-go/jwx/jwk", funcs: "Import FromRaw New", arg: 0},
	{pkg: "github.com/go-jose/go-jose|gopkg.in/square/go-jose|gopkg.in/go-jose/go-jose", recv: "JSONWebSignature", funcs: "Verify DetachedVerify", arg: 0},
	{pkg: "github.com/go-jose/go-jose|gopkg.in/square/go-jose|gopkg.in/go-jose/go-jose", recv: "JSONWebEncryption", funcs: "Decrypt", arg: 0},
	{pkg: "github.com/gorilla/sessions", funcs: "NewFilesystemStore", arg: 1},
	{pkg: "github.com/gorilla/sessions", funcs: "NewCookieStore", arg: 1},
	{pkg: "github.com/gorilla/sessions", funcs: "NewFilesystemStore", arg: 2},
	{pkg: "github.com/gorilla/securecookie", funcs: "CodecsFromPairs", arg: 0},
	{pkg: "github.com/gorilla/securecookie", funcs: "CodecsFromPairs", arg: 1},
}

// A fieldRow is a field that holds a credential although its name does not say so.
type fieldRow struct{ pkg, typ, field string }

var credentialFields = []fieldRow{
	{"github.com/go-jose/go-jose|gopkg.in/square/go-jose|gopkg.in/go-jose/go-jose", "SigningKey", "Key"},
	{"github.com/go-jose/go-jose|gopkg.in/square/go-jose|gopkg.in/go-jose/go-jose", "Recipient", "Key"},
	{"github.com/appleboy/gin-jwt", "GinJWTMiddleware", "Key"},
	{"github.com/gofiber/contrib/jwt|github.com/gofiber/jwt", "SigningKey", "Key"},
	{"github.com/gofiber/fiber/middleware/encryptcookie", "Config", "Key"},
	{"github.com/go-sql-driver/mysql", "Config", "Passwd"},
	{"google.golang.org/genai", "ClientConfig", "APIKey"},
	{"github.com/go-jose/go-jose|gopkg.in/square/go-jose|gopkg.in/go-jose/go-jose", "JSONWebKey", "Key"},
	{"golang.org/x/oauth2", "Config", "ClientSecret"},
	{"golang.org/x/oauth2/clientcredentials", "Config", "ClientSecret"},
	{"github.com/labstack/echo-jwt", "Config", "SigningKey"},
	{"github.com/labstack/echo-jwt", "Config", "SigningKeys"},
	{"github.com/labstack/echo/middleware", "JWTConfig", "SigningKey"},
	{"github.com/labstack/echo/middleware", "JWTConfig", "SigningKeys"},
	{"github.com/twmb/franz-go/pkg/sasl/plain|github.com/twmb/franz-go/pkg/sasl/scram", "Auth", "Pass"},
	{"github.com/gofiber/fiber/middleware/basicauth", "Config", "Users"},
	{"github.com/gin-gonic/gin", "Accounts", ""},
}

// dsnSinks are the functions that take a data source name with a password in it.
var dsnSinks = []sinkRow{
	{pkg: "database/sql|github.com/jmoiron/sqlx", funcs: "Open Connect MustConnect MustOpen", arg: 1},
	{pkg: "github.com/jackc/pgx|github.com/jackc/pgx/pgxpool|github.com/jackc/pgx/pgconn|github.com/jackc/pgconn|github.com/jackc/pgxpool", funcs: "Connect New", arg: 1},
	{pkg: "github.com/jackc/pgx|github.com/jackc/pgx/pgxpool|github.com/jackc/pgx/pgconn|github.com/go-sql-driver/mysql", funcs: "ParseConfig ParseDSN", arg: 0},
	{pkg: "github.com/lib/pq", funcs: "Open NewConnector ParseURL", arg: 0},
	{pkg: "gorm.io/driver/...", funcs: "Open", arg: 0},
	{pkg: "github.com/redis/go-redis|github.com/go-redis/redis", funcs: "ParseURL", arg: 0},
	{pkg: "github.com/gomodule/redigo/redis", funcs: "DialURL", arg: 0},
	{pkg: "*/options", recv: "ClientOptions", funcs: "ApplyURI", arg: 0},
	{pkg: "github.com/rabbitmq/amqp091-go|github.com/streadway/amqp", funcs: "Dial DialTLS DialConfig", arg: 0},
	{pkg: "github.com/nats-io/nats.go", funcs: "Connect", arg: 0},
	{pkg: "github.com/globalsign/mgo|gopkg.in/mgo", funcs: "Dial", arg: 0},
}

// A pairRow is a function that gives a value a name at run time.
type pairRow struct {
	pkg, recv, funcs string
	name, value      int
	rest             bool // further pairs follow
}

var pairSinks = []pairRow{
	{pkg: "os", funcs: "Setenv", name: 0, value: 1},
	{pkg: "testing", recv: "*", funcs: "Setenv", name: 0, value: 1},
	{pkg: "net/http|net/textproto", recv: "*", funcs: "Set Add", name: 0, value: 1},
	{pkg: "net/url", recv: "Values", funcs: "Set Add", name: 0, value: 1},
	{pkg: "flag|github.com/spf13/pflag", recv: "*", funcs: "String", name: 0, value: 1},
	{pkg: "flag|github.com/spf13/pflag", recv: "*", funcs: "StringVar", name: 1, value: 2},
	{pkg: "github.com/spf13/pflag", recv: "*", funcs: "StringP", name: 0, value: 2},
	{pkg: "github.com/spf13/pflag", recv: "*", funcs: "StringVarP", name: 1, value: 3},
	{pkg: "github.com/spf13/viper", recv: "*", funcs: "Set SetDefault", name: 0, value: 1},
	{pkg: "google.golang.org/grpc/metadata", funcs: "Pairs", name: 0, value: 1, rest: true},
	{pkg: "google.golang.org/grpc/metadata", funcs: "AppendToOutgoingContext", name: 1, value: 2, rest: true},
	{pkg: "google.golang.org/grpc/metadata", recv: "MD", funcs: "Set Append", name: 0, value: 1},
	{pkg: "github.com/go-resty/resty|resty.dev", recv: "*", funcs: "SetHeader SetQueryParam SetFormData", name: 0, value: 1},
}
