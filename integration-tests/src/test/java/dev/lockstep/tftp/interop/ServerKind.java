package dev.lockstep.tftp.interop;

import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The servers, and how each is started for a folder on the loopback address. */
enum ServerKind {
    LOCKSTEP {
        @Override
        Server start(Path root) {
            return daemon(root, Map.of(), "--writable", "--overwrite");
        }
    },
    TFTPD_HPA {
        @Override
        Server start(Path root) {
            Tool.needed(Tool.ROOT, "in.tftpd"); // it calls chroot
            int port = Peers.freePort();
            List<String> command = List.of(
                    Tool.named("in.tftpd"), "-L", "-a", LOOPBACK + ":" + port, "-s", "-c", "-u", "root", "" + root);
            return new Server(Peers.start(root, Map.of(), command), LOOPBACK, port, root).awaitAnswer();
        }
    },
    ATFTPD {
        @Override
        Server start(Path root) {
            String program = Peers.atftpd();
            Tool.needed(Tool.ROOT); // it switches to another user
            int port = Peers.freePort();
            List<String> command = new ArrayList<>(List.of(program, "--daemon", "--no-fork", "--logfile", "-"));
            command.addAll(List.of("--port", "" + port, "--bind-address", LOOPBACK));
            command.addAll(List.of("--user", "root.root", "" + root));
            return new Server(Peers.start(root, Map.of(), command), LOOPBACK, port, root).awaitAnswer();
        }
    },
    /** Read-only, and only on port 69: it gets a loopback address of its own. */
    DNSMASQ {
        @Override
        Server start(Path root) {
            Tool.needed(Tool.ROOT, "dnsmasq"); // for port 69
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String host = "127." + random.nextInt(1, 255) + "." + random.nextInt(255) + "." + random.nextInt(1, 255);
            List<String> command =
                    new ArrayList<>(List.of(Tool.named("dnsmasq"), "--no-daemon", "--conf-file=/dev/null"));
            command.addAll(List.of("--port=0", "--pid-file=", "--user=root", "--bind-interfaces"));
            command.addAll(List.of("--listen-address=" + host, "--enable-tftp", "--tftp-root=" + root));
            return new Server(Peers.start(root, Map.of(), command), host, 69, root).awaitAnswer();
        }
    };

    private static final String LOOPBACK = "127.0.0.1";

    /** Starts the server and waits until it serves; its root must exist. */
    abstract Server start(Path root);

    /** Returns the daemon under test, or its replacement from {@code -Dinterop.server}. */
    static ServerKind underTest() {
        return valueOf(
                System.getProperty("interop.server", "lockstep").toUpperCase().replace('-', '_'));
    }

    /** Starts the daemon with further options and environment variables, on a port that it chooses. */
    static Server daemon(Path root, Map<String, String> environment, String... options) {
        List<String> command = new ArrayList<>(List.of(Peers.launcher("server", "tftpd"), "--root", "" + root));
        command.addAll(List.of(options));
        command.addAll(List.of(LOOPBACK, "0"));
        Map<String, String> variables = new HashMap<>(Map.of("JAVA_OPTS", Repository.QUICK_OPTIONS));
        variables.putAll(environment);
        Run run = Peers.start(root, variables, command);
        int port = Integer.parseInt(run.awaitLine("^Listening port (\\d+)").group(1));
        return new Server(run, LOOPBACK, port, root);
    }

    @Override
    public String toString() {
        return name().toLowerCase().replace('_', '-');
    }
}
