package dev.lockstep.tftp.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A daemon in a separate process, writable and quiet, whose metrics can be read. */
final class SoakedDaemon implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("Listening port (\\d+).*");

    private final Process process;
    private final InetSocketAddress address;

    SoakedDaemon(Path repository, Path root, Duration idleTimeout) throws IOException {
        ProcessBuilder command = new ProcessBuilder(
                repository.resolve("server/bin/tftpd").toString(),
                "--root",
                root.toString(),
                "--writable",
                "--overwrite",
                "--quiet",
                "--give-up",
                Long.toString(idleTimeout.toSeconds()),
                "127.0.0.1",
                "0");
        command.environment().put("JAVA_OPTS", "-Xmx256m " + ProcessMetrics.FLAG);
        command.redirectError(ProcessBuilder.Redirect.INHERIT);
        process = command.start();
        // stops the daemon when this process is interrupted
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        Matcher said = LISTENING.matcher(line == null ? "" : line);
        if (!said.matches()) {
            process.destroy();
            throw new IOException("the daemon did not print its port: " + line);
        }
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(said.group(1)));
    }

    InetSocketAddress address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
