// Package acme answers challenges.
package acme

// A Challenge has a token that everybody may see.
type Challenge struct{ Token string }
