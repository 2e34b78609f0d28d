// Package sessions is a stub.
package sessions

type CookieStore struct{}

func NewCookieStore(keyPairs ...[]byte) *CookieStore { return nil }
