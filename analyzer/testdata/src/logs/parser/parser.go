// Package parser reads a language, whose words are tokens.
package parser

import "fmt"

func expect(token string) error { return fmt.Errorf("unexpected token %q", token) }

func connect(password string) error { return fmt.Errorf("password %q", password) } // want `parameter password`
