package fixlog

import (
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
)

type config struct {
	User     string
	Password string
}

func f(user, password string, cfg *config) error {
	log.Print(password)                                    // want `parameter password`
	log.Printf("%s: %s", user, password)                   // want `parameter password`
	log.Print("password " + password + " of " + user)      // want `parameter password`
	slog.Info("login", "user", user, "password", password) // want `parameter password`
	slog.Info("login", slog.String("password", password))  // want `parameter password`
	slog.Info("configuration", "config", cfg)              // want `field Password of`
	log.Print(os.Getenv("DB_PASSWORD"))                    // want `environment variable DB_PASSWORD`
	onlyHere := cfg.Password
	log.Print(onlyHere) // want `field Password`
	if user == "" {
		return errors.New("no user for " + cfg.Password) // want `field Password`
	}
	if user == "x" {
		panic(password) // want `parameter password`
	}
	return fmt.Errorf("%q refused", cfg.Password) // want `field Password`
}

func attributes(user, password string, cfg config) {
	slog.Info("login", slog.Group("credentials", slog.String("user", user), slog.String("password", password))) // want `parameter password`
	slog.Info("login", slog.Group("credentials", "user", user, "password", password))                           // want `parameter password`
	slog.Info("configuration", slog.Any("config", cfg))                                                         // want `field Password of`
	log.Printf("%+v", cfg)                                                                                      // want `field Password of .*; print the fields of config that may be seen`
	log.Printf("%x", password)                                                                                  // want `parameter password`
	log.Println(map[string]string{"password": password})                                                        // want `parameter password`
}

// open needs the password, and shows it, too.
func open(user, with string) {
	log.Print(with)
	use(user + with)
}

func logBoth(user, with string) { log.Print(user, with) }

func use(string) {}

func passed(password string) {
	open("app", password)    // want `parameter password is written by open`
	logBoth("app", password) // want `parameter password is written by logBoth`
}
