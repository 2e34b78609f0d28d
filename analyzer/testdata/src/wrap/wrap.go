// Package wrap holds functions that pass on what they are given.
package wrap

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

// Logf writes a log.
func Logf(format string, args ...any) { log.Printf(format, args...) }

// Note writes a log of a text.
func Note(text string) { log.Print(text) }

// Deep writes a log through another function.
func Deep(text string) { Note(strings.TrimSpace(text)) }

// Fail makes an error of a text.
func Fail(text string) error { return fmt.Errorf("failed: %s", text) }

// Quiet does nothing with a text that anybody sees.
func Quiet(text string) int { return len(text) }

// Quote returns its argument.
func Quote(text string) string { return "'" + text + "'" }

// Digest returns no part of its argument.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// FromEnv returns a secret, which its name does not say.
func FromEnv() string { return os.Getenv("DB_PASSWORD") }

// Password returns letters that callers use for whatever they need some for.
func Password() (password string, err error) {
	password = os.Getenv("HOME")
	return password, nil
}

// Region returns no secret.
func Region() string { return os.Getenv("REGION") }

// Fetch requests a URL.
func Fetch(url string) error {
	_, err := http.Get(url)
	return err
}

// A Sink is a logger of some kind.
type Sink struct{}

// Put writes a log.
func (Sink) Put(text string) { log.Println("put", text) }
