// Package plain is a stub.
package plain

type Mechanism struct{ Username, Password string }
