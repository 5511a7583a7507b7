package dev.lockstep.tftp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Commands for a user without rights, in a network and mount namespace that ends with the command. Needs root. */
final class Unprivileged {
    private Unprivileged() {}

    static void requirePossible() {
        NetworkNamespace.needed("setpriv", "nsenter", "mount");
    }

    /** Returns the command prefix that runs a command as that user, with these capabilities. */
    static List<String> user(int id, String... capabilities) {
        List<String> words = new ArrayList<>(List.of("setpriv", "--reuid", "" + id, "--regid", "" + id));
        words.addAll(List.of("--clear-groups", "--no-new-privs"));
        String all = "-all";
        for (String capability : capabilities) {
            all += ",+" + capability;
        }
        words.addAll(List.of("--inh-caps", all, "--bounding-set", all));
        if (capabilities.length > 0) {
            words.addAll(List.of("--ambient-caps", all));
        }
        return words;
    }

    /** Starts a command after preparations by root; the loopback interface is up. */
    static Run start(Map<String, String> environment, String preparations, List<String> command) {
        List<String> words = new ArrayList<>(List.of("unshare", "-n", "-m", "sh", "-c"));
        words.addAll(List.of("ip link set lo up; " + preparations + " exec \"$@\"", "sh"));
        words.addAll(command);
        return Run.start(Path.of("/"), environment, words);
    }

    static void awaitListening(Run daemon) {
        assertThat(daemon.awaitOutput(text -> text.startsWith("Listening port "), Run.LIMIT))
                .as(daemon.printed())
                .isTrue();
    }

    /** Waits until a daemon with a log in JSON listens; nothing else may be on standard output. */
    static void awaitListeningEvent(Run daemon) {
        assertThat(daemon.awaitErrors(text -> text.contains("\"event\":\"listening\""), Run.LIMIT))
                .as(daemon.printed())
                .isTrue();
        assertThat(daemon.output()).isEmpty();
    }

    /** Runs the client in the network namespace of the daemon. */
    static Run.Result client(Run daemon, String... arguments) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/proc/" + daemon.pid() + "/ns/net"));
        words.add(Repository.ROOT.resolve("client/bin/tftp").toString());
        words.addAll(List.of(arguments));
        return Run.run(words.toArray(String[]::new));
    }

    static void expectServed(Run daemon, String uri, byte[] content) {
        Run.Result got = client(daemon, "get", uri, "-o", "-", "--connect-timeout", "300");
        assertThat(got.exit()).as(got + daemon.printed()).isZero();
        assertThat(got.stdout()).isEqualTo(content);
    }

    static void expectCleanEnd(Run daemon) {
        daemon.terminate();
        Run.Result end = daemon.await();
        assertThat(end.exit()).as(end.toString()).isZero();
    }
}
