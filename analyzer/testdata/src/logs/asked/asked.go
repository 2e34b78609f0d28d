// Package asked has commands that show a secret because their help says so.
package asked

import (
	"fmt"

	"github.com/spf13/cobra"
)

type profile struct{ User, AccessToken string }

func commands(p *profile) []*cobra.Command {
	show := &cobra.Command{Use: "token", Short: "Print the access token", RunE: func(cmd *cobra.Command, args []string) error {
		fmt.Println(p.AccessToken)
		cmd.Println("token:", p.AccessToken)
		return nil
	}}
	login := &cobra.Command{Use: "login", Short: "Log in with an access token", RunE: func(cmd *cobra.Command, args []string) error {
		fmt.Println("with", p.AccessToken) // want `field AccessToken is written by fmt.Println`
		return nil
	}}
	list := &cobra.Command{Use: "users", Short: "Print the users", RunE: func(cmd *cobra.Command, args []string) error {
		cmd.Println(p.User, p.AccessToken) // want `field AccessToken is written by Command.Println`
		return nil
	}}
	return []*cobra.Command{show, login, list}
}
