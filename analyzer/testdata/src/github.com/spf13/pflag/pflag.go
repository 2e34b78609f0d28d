// Package pflag is a stub.
package pflag

func String(name, value, usage string) *string                   { return nil }
func StringP(name, shorthand, value, usage string) *string       { return nil }
func StringVarP(p *string, name, shorthand, value, usage string) {}
