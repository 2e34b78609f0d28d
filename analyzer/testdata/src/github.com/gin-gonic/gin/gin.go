// Package gin is a stub.
package gin

type Context struct{}

func (*Context) GetHeader(key string) string { return "" }
func (*Context) PostForm(key string) string  { return "" }

type Accounts map[string]string
type H map[string]any
