package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.client.TftpClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;

class EmbeddedStreamExample {
    static String firstLine(TftpClient client, URI remote) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(client.getStream(remote), StandardCharsets.UTF_8))) {
            return lines.readLine();
        }
    }
}
