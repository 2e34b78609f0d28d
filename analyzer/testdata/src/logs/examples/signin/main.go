// Command signin is an example, which shows the tokens that it gets.
package main

import (
	"fmt"
	"log"
)

type answer struct{ AccessToken, Password string }

func show(a answer) {
	fmt.Printf("access token: %s\n", a.AccessToken)
	fmt.Printf("password: %s\n", a.Password) // want `field Password is written`
	log.Print("access token: ", a.AccessToken)
	log.Print("password: ", a.Password) // want `field Password is written`
}

func main() { show(answer{}) }

type session struct{ SessionID, AccessToken string }

func showSession(s session) {
	fmt.Printf("session: %s\n", s.SessionID)
	log.Print("session: ", s.SessionID)
}
