package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.internal.capture.PacketCapture;
import dev.lockstep.tftp.internal.capture.TraceForm;
import dev.lockstep.tftp.internal.cli.TraceValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags for the packets of a client: {@code --trace} and {@code --pcap}. */
public final class PacketOptions {
    @Option(
            names = "--trace",
            arity = "0..1",
            paramLabel = "decoded",
            preprocessor = TraceValue.class,
            description =
                    "Print each packet on standard error: its bytes, or with --trace=decoded its time, peer and message.")
    private String trace;

    @Option(names = "--pcap", paramLabel = "FILE", description = "Write each packet to a capture for Wireshark.")
    private Path file;

    /** Returns whether packets are printed. */
    public boolean isTraced() {
        return trace != null;
    }

    /**
     * Returns a tap that prints packets, in the form of the flag, or as bytes if it is not given.
     *
     * @throws IllegalArgumentException if there is no such form
     */
    public PacketTap trace() {
        return (trace == null ? TraceForm.BYTES : TraceForm.parse(trace)).onClient(System.err::println);
    }

    /**
     * Opens the capture if the flag is given.
     *
     * @throws IllegalArgumentException if the file cannot be written
     */
    public Optional<PacketCapture> openCapture() {
        if (file == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PacketCapture(
                    Files.newOutputStream(file),
                    failure ->
                            System.err.println("tftp: --pcap: " + file + ": capture ended: " + failure.getMessage())));
        } catch (IOException e) {
            throw new IllegalArgumentException("--pcap: " + file + " (expected: a file that can be written)", e);
        }
    }
}
