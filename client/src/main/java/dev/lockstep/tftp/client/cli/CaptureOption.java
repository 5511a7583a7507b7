package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.internal.capture.PacketCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flag {@code --pcap}. */
public final class CaptureOption {
    @Option(names = "--pcap", paramLabel = "FILE", description = "Write each packet to a capture for Wireshark.")
    private Path file;

    /**
     * Opens the capture if the flag is given.
     *
     * @throws IllegalArgumentException if the file cannot be written
     */
    public Optional<PacketCapture> open() {
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
