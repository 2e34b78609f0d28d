// Package keygen makes passwords for whoever asks.
package keygen

import (
	"fmt"
	"log"
)

func generatePassword() string { return "" }

func run(password string) {
	made := generatePassword()
	fmt.Println(made)
	fmt.Println(password) // want `parameter password is written by fmt.Println`
	secret := generatePassword()
	log.Println(secret) // want `variable secret|result of generatePassword`
}
