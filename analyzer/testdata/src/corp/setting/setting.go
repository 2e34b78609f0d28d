// Package setting reads the environment for others.
package setting

import (
	"os"
	"strings"
)

// Must returns a variable that has to be set.
func Must(name string) string {
	v := os.Getenv(name)
	if v == "" {
		panic(name + " is not set")
	}
	return v
}

// Or returns a variable, or a text if it is not set.
func Or(name, other string) string {
	if v, ok := os.LookupEnv(name); ok {
		return v
	}
	return other
}

// Own returns a variable of the program.
func Own(name string) string { return strings.TrimSpace(Must("APP_" + strings.ToUpper(name))) }

// Has reports whether a variable is set.
func Has(name string) bool { return os.Getenv(name) != "" }

// Label returns what it is given, for people.
func Label(name string) string {
	if os.Getenv(name) == "" {
		return name + " (unset)"
	}
	return name
}
