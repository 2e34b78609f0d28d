// Package cli is a stub.
package cli

type StringFlag struct{ Name, Value, Usage string }
