// Package challenges uses the tokens of challenges.
package challenges

import (
	"corp/acme"
	"log"
)

func answer(c acme.Challenge, token, accessToken string) {
	log.Print(c.Token, token)
	log.Print(accessToken) // want `parameter accessToken is written`
}
