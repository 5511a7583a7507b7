package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.FileSink;
import dev.lockstep.tftp.io.SecureDirectory;
import java.io.IOException;
import java.nio.file.Path;

class EmbeddedClientExample {
    static long fetch(String uri, Path folder, String name) throws IOException {
        try (TftpClient client = TftpClient.builder().build()) {
            FileSink target = new FileSink(SecureDirectory.open(folder), name, true);
            TransferResult result = client.get(RemoteFile.parse(uri, TransferMode.OCTET), target)
                    .join();
            return result.stats().bytes();
        }
    }
}
