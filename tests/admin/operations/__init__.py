"""Operations, as admins see and mend them."""
