package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.client.TftpClient;
import java.net.URI;

class Fetch {
    public static void main(String[] arguments) throws Exception {
        try (TftpClient client = TftpClient.builder().build()) {
            byte[] content = client.get(URI.create(arguments[0]));
            System.out.println(content.length + " bytes");
        }
    }
}
