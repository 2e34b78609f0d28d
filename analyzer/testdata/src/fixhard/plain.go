package fixhard

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
)

const dbPassword = "$PLAIN" // want `in dbPassword`

// Exported constants may be used as such elsewhere.
const APIPassword = "$PLAIN" // want `in APIPassword`

const (
	groupPassword = "$PLAIN" // want `in groupPassword`
	other         = "x"
)

const sizedPassword = "$PLAIN" // want `in sizedPassword`

var buf [len(sizedPassword)]byte

type password string

var typedPassword password = "$WORD" // want `in typedPassword`

type login struct{ User, Password string }

func use(any) {}

func f(req *http.Request) {
	userPassword := "$WORD"                                           // want `in userPassword`
	use(login{"app", "$WORD"})                                        // want `in field Password`
	use(login{User: "app", Password: "$HALF" + "-x"})                 // want `in field Password`
	req.SetBasicAuth("app", "$WORD")                                  // want `given to SetBasicAuth`
	use(hmac.New(sha256.New, []byte("$WORD")))                        // want `given to hmac.New`
	use(hmac.New(sha256.New, []byte{107, 115, 116, 9, 8, 77, 3, 61})) // want `given to hmac.New`
	req.Header.Set("Authorization", "Bearer $WORD")                   // want `under the name Authorization`
	if userPassword == "$WORD" {                                      // want `is compared with`
		use(userPassword)
	}
	switch userPassword {
	case "$WORD": // want `is compared with`
	}
	use(dbPassword)
	use(groupPassword)
	use(other)
	use(buf)
	use(typedPassword)
	use(APIPassword)
}
