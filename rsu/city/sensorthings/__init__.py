"""OGC SensorThings API 1.1 (18-088), part 1, sensing: the city for reading. No entity can be made or changed here."""
