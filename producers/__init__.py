"""From request systems to Kafka: sources, the event contract, and its publishing."""
