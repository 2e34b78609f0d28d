// Package securecookie is a stub.
package securecookie

type SecureCookie struct{}

func New(hashKey, blockKey []byte) *SecureCookie { return nil }

func CodecsFromPairs(keyPairs ...[]byte) []any { return nil }
