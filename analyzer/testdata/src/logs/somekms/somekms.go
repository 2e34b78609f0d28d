// Package somekms signs with keys that it knows by name only.
package somekms

import "fmt"

type request struct{ SigningKey string }

func parse(r *request) error { return fmt.Errorf("parsing %q", r.SigningKey) }

func find(signingKey, apiKey, pin string) error {
	if pin == "" {
		return fmt.Errorf("api key %s is refused", apiKey) // want `parameter apiKey`
	}
	return fmt.Errorf("no key %s", signingKey)
}
