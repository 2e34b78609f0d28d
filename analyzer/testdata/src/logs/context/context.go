package context

import (
	"fmt"
	"log"
	"os"
	"strings"

	"wrap"
)

// What is kept under another name is something else.

func randomPassword(n int) string { return os.Getenv("HOME")[n:] }

func kept() {
	state := randomPassword(9)
	log.Print(state)
	word := randomPassword(9)
	log.Print(word) // want `result of randomPassword is written`
	userID := randomPassword(9)
	log.Print(userID)
	nonceName, _ := wrap.Password()
	log.Print(nonceName)
	letters, _ := wrap.Password()
	log.Print(letters) // want `(result of Password|variable password) is written`
}

// What is compared with the empty text, and is it, is no secret.

func empty(domain, password, apiKey string) error {
	if password == "" {
		return fmt.Errorf("no password: %s:%s", domain, password)
	}
	if apiKey != "" {
		return fmt.Errorf("both: %s", apiKey) // want `parameter apiKey becomes part of an error`
	} else {
		log.Print(apiKey)
	}
	if domain == "" {
		return fmt.Errorf("no domain: %s:%s", domain, password) // want `parameter password becomes part of an error`
	}
	return nil
}

// The parts of a token that is a list of settings are settings.

func parts(roleToken, password string) {
	for _, part := range strings.Split(roleToken, ";") {
		name, _, _ := strings.Cut(part, "=")
		log.Print("role ", part, name)
	}
	for _, part := range strings.Split(roleToken, " ") {
		log.Print("role ", part) // want `parameter roleToken is written`
	}
	for _, part := range strings.Split(password, ";") {
		log.Print("word ", part) // want `parameter password is written`
	}
}

// A message says that it shows the name or the place of a secret.

func spoken(namespace, token, secret string) {
	log.Printf("multiple tokens of token name %s", token)
	log.Printf("multiple tokens of token id %q", token)
	log.Printf("multiple tokens of name %q, token %q", namespace, token) // want `parameter token is written`
	log.Printf("secret %s/%s", namespace, secret)
	log.Printf("secret %s of %s", secret, namespace) // want `parameter secret is written`
	log.Printf("token %s/%s", namespace, token)      // want `parameter token is written`
}

// What callers give is the name of a header, whichever of them.

func look(azure bool) error {
	apiKey := "X-Site-Api-Key"
	if azure {
		apiKey = "X-Azure-Api-Key"
	}
	if err := lookIn(apiKey); err != nil {
		return err
	}
	return lookAs[int]("X-Site-Api-Key")
}

func lookIn(apiKey string) error { return fmt.Errorf("no header %s", apiKey) }

func lookAs[T any](apiKey string) error { return fmt.Errorf("no header %s", apiKey) }

func lookFor(apiKey string) error { return fmt.Errorf("no header %s", apiKey) } // want `parameter apiKey becomes part of an error`

// Prepositions and orders.

func orders(runAfterTokens, untilToken, kubeSecret, botToken string) {
	log.Print(runAfterTokens)
	log.Print(kubeSecret)
	log.Print(botToken) // want `parameter botToken is written`
}

func aliasOfToken(id string) string { return id }

func aliases(id string) {
	log.Print(aliasOfToken(id))
	log.Print(newToken(id)) // want `result of newToken is written`
}

func newToken(id string) string { return id }
