// Package acme speaks a protocol in which everybody may see a token.
package acme

import "log"

func challenge(token, password string) {
	log.Print(token)
	log.Print(password) // want `parameter password`
}
