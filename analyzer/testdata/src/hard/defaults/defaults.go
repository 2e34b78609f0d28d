// Package defaults falls back on credentials.
package defaults

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"os"
)

const envPassword = "SMTP_PASSWORD"

func getenv(name, def string) string    { return def }
func envOr(name, def string) string     { return def }
func getString(name, def string) string { return def }
func describe(name, text string)        {}
func mustHex(s string) []byte           { return nil }
func mustFind(s string) []byte          { return nil }

type server struct{ Host, Password string }

func settings() {
	_ = getenv("DB_PASSWORD", "$WORD")              // want `as the default of DB_PASSWORD`
	_ = envOr(envPassword, "$PLAIN")                // want `hard-coded SMTP password|as the default of SMTP_PASSWORD`
	_ = cmp.Or(os.Getenv("SMTP_PASSWORD"), "$WORD") // want `hard-coded SMTP password|as the default of SMTP_PASSWORD`
	_ = getenv("JWT_SECRET", "$MIXED")              // want `as the default of JWT_SECRET`
	_ = getString("DB_PASSWORD", "$WORD")           // want `as the default of DB_PASSWORD`
	_ = getString("PASSWORD", "$WORD")
	os.Setenv("PGPASSWORD", "$WORD") // want `under the name PGPASSWORD`
	_ = getenv("DB_PASSWORD", "")
	_ = getenv("DB_PASSWORD", "$USUAL")
	_ = getenv("DB_PASSWORD", "changeme")
	_ = getenv("DB_PASSWORD_FILE", "$WORD")
	_ = getenv("DB_USER", "$WORD")
	_ = getenv("JWT_SECRET", "$WORD")
	_ = getenv("API_TOKEN", "OTHER_API_TOKEN")
	_ = cmp.Or(os.Getenv("SMTP_HOST"), "$WORD")
	_ = cmp.Or("$WORD", os.Getenv("SMTP_PASSWORD"))
	describe("DB_PASSWORD", "$WORD")
	_ = server{Host: getenv("DB_HOST", "localhost"), Password: getenv("DB_PASSWORD", "$WORD")}
}

func decoded() ([]byte, []byte, error) {
	apiSecret, err := hex.DecodeString("6b73742d57696e74657237") // want `in apiSecret`
	if err != nil {
		return nil, nil, err
	}
	clientSecret, _ := base64.StdEncoding.DecodeString("a3N0LXdpbnRlcjE4") // want `in clientSecret`
	digest, _ := hex.DecodeString("6b73742d776f7265")
	_ = digest
	return apiSecret, clientSecret, nil
}

var encryptionKey = mustHex("6b73742d57696e74657238") // want `in encryptionKey`

var signingKey = mustFind("$HEXED")

var imageHash = mustHex("6b73742d77696e746574")

const accessToken = "$MIXED" // want `in accessToken`

const storageKey = "$MIXED"

const secretKey = "us-east-1"

func urls(host string) {
	http.Get("https://api.corp.test/v1?api_key=$MIXED")                 // want `in the query parameter api_key of a URL`
	http.NewRequest("GET", "https://"+host+"/v1?n=1&token=$MIXED", nil) // want `in the query parameter token of a URL`
	http.Get("https://api.corp.test/v1?access_token=" + accessToken)    // want `in the query parameter access_token of a URL`
	http.Get("http://localhost/v1?api_key=$MIXED")
	http.Get("https://api.example.com/v1?api_key=$MIXED")
	http.Get("https://api.corp.test/v1?api_key=" + host)
	http.Get("https://api.corp.test/v1?key=$MIXED&page_token=$MIXED")
	http.Get("https://api.corp.test/v1?grant_type=password&token=bearer")
}
