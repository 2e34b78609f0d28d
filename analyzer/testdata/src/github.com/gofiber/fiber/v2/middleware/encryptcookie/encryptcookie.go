// Package encryptcookie is a stub.
package encryptcookie

type Config struct {
	Except []string
	Key    string
}

func New(config ...Config) func() { return nil }
