// Package listed has credentials in lists, literals of headers and results.
package listed

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/smtp"
	"net/url"

	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/gin-gonic/gin"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-ldap/ldap/v3"
	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	echojwt "github.com/labstack/echo-jwt/v4"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/rabbitmq/amqp091-go"
	"github.com/urfave/cli/v2"
	"golang.org/x/crypto/ssh"
	"google.golang.org/grpc/metadata"
)

type (
	Password string
	Secret   string
	Kind     string
)

var (
	login     = Password("$WORD") // want `of the type Password`
	shared    = Secret("$MIXED")  // want `of the type Secret`
	kind      = Kind("$MIXED")
	named     = Secret("$WORD")
	passwords = []string{"$WORD"}                          // want `in passwords`
	apiKeys   = map[string]bool{"$MIXED": true}            // want `in apiKeys`
	byHost    = map[string]Secret{"a.corp.test": "$MIXED"} // want `of the type Secret`
	tokens    = []string{"$WORD", "$MIXED"}
	blocked   = []string{"$WORD"}
)

var byName = map[string]Password{}

var secrets struct{ Passwords, Names map[string]string }

var bytesOf = map[string]any{
	"$SIGNING": []byte{107, 115, 116, 4, 9, 77, 200, 1, 45, 60, 61, 90, 91, 4, 2, 8}, // want `under the key signing_key`
}

var parsed = struct{ Token string }{Token: "$HEADED"}

var drawn = struct{ Token string }{Token: "$DATED"} // want `in field Token`

var commonPasswords = []string{"$WORD", "$PLAIN"}

var headers = http.Header{
	"Authorization": {"Bearer $MIXED"}, // want `under the name Authorization`
	"Content-Type":  {"$MIXED"},
}

func webs(r *http.Request, md metadata.MD) {
	r.Header["X-Auth-Token"] = []string{"$MIXED"} // want `under the name X-Auth-Token`
	byName["$WORD"] = Password("$WORD")           // want `of the type Password`
	secrets.Passwords["kst"] = "$WORD"            // want `in Password`
	secrets.Names["kst"] = "$WORD"
	r.Header["X-Trace"] = []string{"$MIXED"}
	_ = url.Values{"password": {"$WORD"}, "grant_type": {"password"}} // want `under the name password`
	md["authorization"] = []string{"Basic $MIXED"}                    // want `under the name authorization`
	metadata.New(map[string]string{"authorization": "Bearer $MIXED"}) // want `under the name authorization`
	metadata.New(map[string]string{"authorization": "bearer", "n": "$MIXED"})
	metadata.AppendToOutgoingContext(context.Background(), "n", "$MIXED", "x-api-key", "$MIXED") // want `under the name x-api-key`
}

func keys(sig jose.JSONWebSignature) {
	jwt.WithKey("HS256", []byte("kst-word"))                                      // want `given to .*WithKey`
	jwk.Import([]byte("kst-word"))                                                // want `given to .*Import`
	sig.Verify([]byte("kst-word"))                                                // want `given to Verify`
	_ = jose.JSONWebKey{Key: []byte("kst-word"), KeyID: "$MIXED"}                 // want `in JSONWebKey.Key`
	_ = echojwt.Config{SigningKeys: map[string]any{"$MIXED": []byte("kst-word")}} // want `in Config.SigningKeys`
	sessions.NewFilesystemStore("/kst", []byte("kst-word"))                       // want `given to .*NewFilesystemStore`
	securecookie.CodecsFromPairs([]byte("kst-word"))                              // want `given to .*CodecsFromPairs`
	_ = gin.Accounts{"$MIXED": "$WORD"}                                           // want `in Accounts`
	_ = &cli.StringFlag{Name: "password", Value: "$WORD", Usage: "$MIXED"}        // want `under the name password`
	_ = &cli.StringFlag{Name: "region", Value: "$WORD"}
}

func callbacks(c *ldap.Conn) {
	ssh.PasswordCallback(func() (string, error) { return "$WORD", nil }) // want `returned to PasswordCallback`
	c.NTLMBind("$WORD", "$MIXED", "$WORD")                               // want `given to NTLMBind`
}

func result() (password string, err error) { return "$WORD", nil } // want `returned as password`

func plain() (name string, err error) { return "$WORD", nil }

func databases(addr string) {
	sql.Open("mysql", "app:$WORD@tcp("+addr+")/b")                                   // want `hard-coded`
	sql.Open("postgres", fmt.Sprintf("host=%s user=b password=$WORD", addr))         // want `hard-coded`
	sql.Open("postgres", fmt.Sprintf("postgres://%s:%s@%s/b", "app", "$WORD", addr)) // want `hard-coded`
	sql.Open("mysql", "app:"+addr+"@tcp(db:3306)/b")
	sql.Open("postgres", fmt.Sprintf("host=%s user=b password=%s", addr, addr))
}

func local() {
	sql.Open("postgres", "postgres://postgres:postgres@localhost:5432/b")
	amqp091.Dial("amqp://guest:guest@localhost/")
	smtp.PlainAuth("", "dev", "dev", "localhost")
	use("localhost:9000", credentials.NewStaticCredentials("minioadmin", "minioadmin", ""))
	signIn("anonymous", "anonymous")
}

func use(addr string, v any) {}

func signIn(user, password string) {}

var texts = []map[string]string{
	{"password": "Passwort"}, {"password": "пароль"}, {"password": "required|min:8"}, {"password": "unchanged"},
	{"password": "vault:secret/data/x#password"}, {"password": "$WORD"}, // want `under the key password`
}
