// Package sessions is a stub.
package sessions

type CookieStore struct{}

func NewCookieStore(keyPairs ...[]byte) *CookieStore { return nil }

func NewFilesystemStore(path string, keyPairs ...[]byte) *CookieStore { return nil }
