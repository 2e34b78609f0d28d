// Package rules holds what is known about credential formats: rules, remedies
// and the machine that finds the places in a text where a rule may match.
//
// A [Set] is read from TOML; the built-in one is compiled ahead of time into a
// table that is used in place. The package knows bytes and patterns. It knows
// nothing of files, findings, or whether a match is a real credential.
package rules

//go:generate go run ./gen
