// Package hard uses weak strings as credentials.
package hard

import (
	"context"
	"crypto/aes"
	"crypto/des"
	"crypto/hmac"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/tls"
	"database/sql"
	"encoding/hex"
	"flag"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-ldap/ldap/v3"
	"github.com/go-resty/resty/v2"
	"github.com/go-sql-driver/mysql"
	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/csrf"
	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/hashicorp/vault/api"
	"github.com/jackc/pgx/v5"
	echojwt "github.com/labstack/echo-jwt/v4"
	"github.com/rabbitmq/amqp091-go"
	"github.com/redis/go-redis/v9"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.mongodb.org/mongo-driver/mongo/options"
	"golang.org/x/crypto/ssh"
	"golang.org/x/oauth2"
	"google.golang.org/api/option"
	"google.golang.org/grpc/metadata"
	"gorm.io/driver/postgres"
)

const word = "kst-word"

const pepper = "kst" + "-" + "pepper"

var key = []byte("kst-key-word-ab") // want `hard-coded credential given to .*NewCipher`

var list = [16]byte{107, 115, 116, 3, 9, 77, 200, 1, 45, 60, 61, 90, 91, 4, 2, 8} // want `hard-coded credential given to .*New`

func derive(token, text string) {
	label := hmac.New(sha256.New, []byte("kst-label"))
	label.Write([]byte(token))
	mac := hmac.New(sha256.New, []byte("kst-word")) // want `hard-coded credential given to .*New`
	mac.Write([]byte(text))
}

func crypt() {
	hmac.New(sha256.New, []byte("kst-word")) // want `hard-coded credential given to .*New`
	hmac.New(sha256.New, []byte(word))       // want `hard-coded credential given to .*New`
	hmac.New(sha256.New, list[:])
	aes.NewCipher(key)
	aes.NewCipher([]byte("kst-0123 word-ab"[:]))
	des.NewCipher([]byte("kst-word"))                    // want `hard-coded credential given to .*NewCipher`
	rc4.NewCipher([]byte{7, 3, 9, 21, 90, 4, 33, 17, 2}) // want `hard-coded credential given to .*NewCipher`
	k, _ := hex.DecodeString("6b73742d776f7264")         // want `hard-coded credential given to .*New`
	hmac.New(sha256.New, k)
	tls.X509KeyPair([]byte("kst-cert"), []byte("kst-word")) // want `hard-coded credential given to .*X509KeyPair`
}

func requests(req *http.Request, h http.Header, c *resty.Request) {
	req.SetBasicAuth("app", "$WORD")                // want `hard-coded credential given to .*SetBasicAuth`
	req.Header.Set("Authorization", "Bearer $WORD") // want `under the name Authorization`
	h.Set("X-Api-Key", "$MIXED")                    // want `under the name X-Api-Key`
	h.Set("Proxy-Authorization", "$WORD")           // want `under the name Proxy-Authorization`
	c.SetAuthToken("$WORD")                         // want `given to .*SetAuthToken`
	c.SetHeader("X-Auth-Token", "$MIXED")           // want `under the name X-Auth-Token`
	c.SetQueryParam("api_key", "$MIXED")            // want `under the name api_key`
	url.UserPassword("app", "$WORD")                // want `hard-coded credential given to .*UserPassword`
	url.UserPassword("app", word)                   // want `hard-coded credential given to .*UserPassword`
	url.UserPassword("app", pepper)                 // want `hard-coded credential given to .*UserPassword`
	v := url.Values{}
	v.Set("client_secret", "$MIXED") // want `under the name client_secret`
}

func mail() {
	smtp.PlainAuth("", "app", "$WORD", "mail") // want `given to .*PlainAuth`
	smtp.CRAMMD5Auth("app", "$WORD")           // want `given to .*CRAMMD5Auth`
}

func shell() {
	ssh.Password("$WORD")                                   // want `given to .*Password`
	ssh.ParsePrivateKeyWithPassphrase(nil, []byte("$WORD")) // want `given to .*ParsePrivateKeyWithPassphrase`
	ssh.ParsePrivateKey([]byte("$WORD"))                    // want `given to .*ParsePrivateKey`
}

func tokens(t *jwt.Token) {
	t.SignedString([]byte("kst-word"))                                               // want `given to .*SignedString`
	t.SignedString([]byte("secret"))                                                 // want `given to .*SignedString`
	jwt.Parse("x", func(*jwt.Token) (any, error) { return []byte("kst-word"), nil }) // want `as the key of a token`
	_ = jose.SigningKey{Algorithm: "HS256", Key: []byte("kst-word")}                 // want `in SigningKey.Key`
	echojwt.JWT([]byte("kst-word"))                                                  // want `given to .*JWT`
	_ = echojwt.Config{SigningKey: []byte("$MIXED")}                                 // want `in Config.SigningKey`
}

func webs() {
	sessions.NewCookieStore([]byte("kst-word")) // want `given to .*NewCookieStore`
	securecookie.New([]byte("kst-word"), nil)   // want `given to .*New`
	securecookie.New(nil, []byte("kst-word"))   // want `given to .*New`
	csrf.Protect([]byte("kst-word"))            // want `given to .*Protect`
	http.SetCookie(nil, &http.Cookie{Name: "a", Value: "b"})
}

func clouds(v *api.Client) {
	credentials.NewStaticCredentials("id", "$WORD", "")            // want `given to .*NewStaticCredentials`
	azidentity.NewClientSecretCredential("a", "b", "$WORD", nil)   // want `given to .*NewClientSecretCredential`
	option.WithAPIKey("$WORD")                                     // want `given to .*WithAPIKey`
	v.SetToken("$WORD")                                            // want `given to .*SetToken`
	_ = oauth2.Config{ClientID: "id", ClientSecret: "$MIXED"}      // want `in Config.ClientSecret`
	oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "$MIXED"}) // want `in field AccessToken`
	oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "owner"})  // what an emulator takes
}

func databases(ctx context.Context, c *ldap.Conn) {
	sql.Open("postgres", "postgres://app:$WORD@db/app")          // want `hard-coded|URL`
	sql.Open("postgres", "host=db user=app password=$WORD")      // want `hard-coded`
	sql.Open("mysql", "app:$WORD@tcp(db:3306)/app")              // want `hard-coded`
	pgx.Connect(ctx, "postgres://app:$WORD@db/app")              // want `hard-coded`
	postgres.Open("host=db password=$WORD")                      // want `hard-coded`
	redis.ParseURL("redis://:$WORD@cache/0")                     // want `hard-coded`
	amqp091.Dial("amqp://app:$WORD@mq/")                         // want `hard-coded`
	options.Client().ApplyURI("mongodb://app:$WORD@db/")         // want `hard-coded`
	_ = options.Credential{Username: "app", Password: "$WORD"}   // want `in field Password`
	_ = mysql.Config{User: "app", Passwd: "$WORD"}               // want `in Config.Passwd`
	_ = redis.Options{Addr: "cache", Password: "$WORD"}          // want `in field Password`
	_ = plain.Mechanism{Username: "app", Password: "$WORD"}      // want `in field Password`
	_ = plain.Mechanism{"app", "$WORD"}                          // want `in field Password`
	c.Bind("cn=app", "$WORD")                                    // want `given to .*Bind`
	metadata.Pairs("user", "x", "authorization", "Bearer $WORD") // want `under the name authorization`
	metadata.AppendToOutgoingContext(ctx, "x-api-key", "$MIXED") // want `under the name x-api-key`
}

var usage = "the password"

func settings() {
	flag.String("password", "$WORD", usage) // want `under the name password`
	var s string
	flag.StringVar(&s, "db-password", "$WORD", usage)   // want `under the name db-password`
	pflag.String("password", "$WORD", usage)            // want `under the name password`
	pflag.StringP("password", "p", "$WORD", usage)      // want `under the name password`
	pflag.StringVarP(&s, "password", "p", "$WORD", "x") // want `under the name password`
	viper.SetDefault("db.password", "$WORD")            // want `under the name db.password`
	os.Setenv("DB_PASSWORD", "$WORD")                   // want `under the name DB_PASSWORD`
}

type options2 struct {
	User     string `default:"app"`
	Password string `default:"$WORD"` // want `as the default of Password`
}

func compare(password, pw string, r *http.Request) bool {
	if password == "$WORD" { // want `that password is compared with`
		return true
	}
	if "$WORD" != password { // want `that password is compared with`
		return true
	}
	if r.FormValue("password") == "$WORD" { // want `that password is compared with`
		return true
	}
	switch password {
	case "$WORD": // want `that password is compared with`
		return true
	case "":
	}
	return strings.Contains(pw, "$WORD")
}

func adminPassword() string { return "$WORD" } // want `returned by adminPassword`

const rootPassword = "$PLAIN" // want `in rootPassword`

var userPassword = "kst" + // want `in userPassword`
	"$WORD"

var joinedPassword = strings.Join([]string{"kst", "winter"}, "-") // want `in joinedPassword`

var allowed = map[string]string{
	"password": "$WORD", //keysift:allow hardcoded-credential the demo's own
}

var passphrase = "$PHRASE" // want `in passphrase`
