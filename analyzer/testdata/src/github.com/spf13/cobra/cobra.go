// Package cobra is a stub.
package cobra

type Command struct {
	Use, Short, Long string
	RunE             func(cmd *Command, args []string) error
}

func (c *Command) Print(args ...any)                    {}
func (c *Command) Println(args ...any)                  {}
func (c *Command) Printf(format string, args ...any)    {}
func (c *Command) PrintErrln(args ...any)               {}
func (c *Command) PrintErrf(format string, args ...any) {}
