package fixhard

import (
	"crypto/aes"
	"crypto/hmac"
	"crypto/sha256"
	"flag"
	"fmt"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
)

var jwtSigningKey = []byte("$PLAIN") // want `in jwtSigningKey`

var macSecret = []byte("$MIXED") // want `in macSecret`

var portalPassword = "$PLAIN" // want `in portalPassword`

const doorPassword = "$PLAIN" // want `in doorPassword`

var flagged = flag.String("db-password", "$PLAIN", "of the database") // want `under the name db-password`

type redisOptions struct{ Addr, Password string }

type natsOptions struct{ Addr, Password string }

func sum() any { return hmac.New(sha256.New, macSecret) }

func cipher() { aes.NewCipher([]byte("$WORD-$HALF-$WORD")) } // want `given to aes.NewCipher`

func checks(given string) bool { return given == portalPassword || given == doorPassword }

func stores(s3SecretKey string) {
	use(redisOptions{Addr: "r", Password: "$PLAIN"}) // want `in field Password`
	use(natsOptions{Addr: "n", Password: "$MIXED"})  // want `in field Password`
	smtp.PlainAuth("", "app", "$MIXED", "mail")      // want `given to smtp.PlainAuth`
	url.UserPassword("app", "$WORD")                 // want `given to url.UserPassword`
	s3SecretKey = "$PLAIN"                           // want `in s3SecretKey`
	use(s3SecretKey)
	os.Setenv("DB_PASSWORD", "$PLAIN") // want `under the name DB_PASSWORD`
}

func header(req *http.Request) {
	req.Header.Set("X-Api-Key", "$MIXED") // want `under the name X-Api-Key`
	use(fmt.Sprint())
}
