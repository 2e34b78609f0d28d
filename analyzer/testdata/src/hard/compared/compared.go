// Package compared looks at what is compared with credentials.
package compared

import (
	"bytes"
	"crypto/hmac"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/labstack/echo/v4/middleware"
)

func passwords(pw, password string, pass []byte) bool {
	return pw == "$WORD" || // want `that pw is compared with`
		string(pass) == "$WORD" || // want `that pass is compared with`
		subtle.ConstantTimeCompare([]byte(password), []byte("$WORD")) == 1 || // want `that password is compared with`
		subtle.ConstantTimeCompare([]byte("$WORD"), []byte(pw)) == 1 || // want `that pw is compared with`
		bytes.Equal(pass, []byte("$WORD")) || // want `that pass is compared with`
		strings.EqualFold(password, "$WORD") // want `that password is compared with`
}

func words(pass, stage, key string, sum []byte) bool {
	return pass == "$WORD" || // of a compiler
		stage == "$MIXED" ||
		key == "$MIXED" ||
		hmac.Equal(sum, []byte("$MIXED")) ||
		strings.EqualFold(key, "$WORD") ||
		subtle.ConstantTimeCompare(sum, []byte("$WORD")) == 1
}

func knownAnswer(masterSecret []byte) bool {
	return bytes.Equal(masterSecret, []byte{107, 115, 116, 3, 9, 77, 200, 1, 45, 60, 61, 90, 91, 4, 2, 8})
}

func login(user, pass string) bool {
	return user == "$WORD" &&
		pass == "$WORD" // want `that pass is compared with`
}

func tokens(apiKey, secret, token, tok string) bool {
	return apiKey == "$MIXED" || // want `that apiKey is compared with`
		hmac.Equal([]byte(secret), []byte("$MIXED")) || // want `that secret is compared with`
		apiKey == "$WORD" ||
		apiKey == "X-Api-Key-V2" ||
		secret == "kst-secret-2" ||
		token == "$WORD" ||
		tok == "Latin-9-kst"
}

func requests(r *http.Request, c *gin.Context) bool {
	u, p, ok := r.BasicAuth()
	if ok && u == "$WORD" && p == "$WORD" { // want `that password is compared with`
		return true
	}
	name, q := strings.Cut("$WORD", "-")
	if name == "$WORD" || q != "" {
		return true
	}
	given, _ := r.URL.User.Password()
	if given == "$WORD" { // want `that password is compared with`
		return true
	}
	if r.Header.Get("X-Admin-Token") == "$MIXED" { // want `that X-Admin-Token is compared with`
		return true
	}
	if r.Header.Get("Authorization") == "Bearer $MIXED" { // want `that Authorization is compared with`
		return true
	}
	if c.GetHeader("X-Internal-Token") != "$MIXED" { // want `that X-Internal-Token is compared with`
		return true
	}
	header := r.Header.Get("X-Auth-Token")
	if header == "$MIXED" { // want `that X-Auth-Token is compared with`
		return true
	}
	return r.Header.Get("Content-Type") == "$MIXED" || r.Header.Get("Authorization") == "Bearer" || r.Header.Get("X-Auth-Token") == "$WORD"
}

const adminPw = "$WORD"

func constant(password string) bool {
	return password == adminPw // want `that password is compared with`
}

var basic = middleware.BasicAuth(func(u, p string, c any) (bool, error) {
	return u == "$WORD" && p == "$WORD", nil // want `that password is compared with`
})

var keys = middleware.KeyAuthConfig{
	KeyLookup: "$MIXED",
	Validator: func(key string, c any) (bool, error) {
		return key == "$MIXED", nil // want `that key is compared with`
	},
}

var other = strings.Map(func(r rune) rune { return r }, "$MIXED")
